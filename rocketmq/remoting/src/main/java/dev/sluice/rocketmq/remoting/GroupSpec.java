package dev.sluice.rocketmq.remoting;

/**
 * A consumer group to be created or changed on every master.
 *
 * @param name its name
 * @param ordered whether its messages are consumed in order
 * @param maxAttempts after how many deliveries a classic consumer's message is dead; pop leaves
 *     that to the consumer
 */
public record GroupSpec(String name, boolean ordered, int maxAttempts) {

  public GroupSpec {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: '" + name + "' (expected: not blank)");
    }
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " (expected: >= 1)");
    }
  }

  /** An unordered group with the broker's usual 16 attempts. */
  public static GroupSpec of(String name) {
    return new GroupSpec(name, false, 16);
  }
}
