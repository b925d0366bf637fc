package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.RocketMQException;

/**
 * A consumer group as it is, or is to be, on each broker. Immutable.
 *
 * @param name without the namespace; 1 to 255 letters, digits and {@code % | - _}
 * @param ordered whether 5.x clients consume its messages in order
 * @param consume whether its members may consume at all
 * @param broadcast whether each member may consume all messages
 * @param maxRetries how often a message comes again before it is dead; 0 to 1,000
 * @param retryQueues how many queues its retry topic has; 1 to 1,024
 * @param retryPolicy how long a message waits before it comes again; anything but {@link
 *     RetryPolicy#USUAL} is for 5.x brokers
 */
public record GroupSettings(
    String name,
    boolean ordered,
    boolean consume,
    boolean broadcast,
    int maxRetries,
    int retryQueues,
    RetryPolicy retryPolicy) {
  private static final int USUAL_RETRIES = 16;

  /**
   * Checks what can be.
   *
   * @throws RocketMQException INVALID_ARGUMENT naming the value that cannot
   */
  public GroupSettings {
    Checks.group(name);
    Checks.range("maxRetries", maxRetries, 0, 1_000);
    Checks.range("retryQueues", retryQueues, 1, 1_024);
  }

  /** A group as brokers make it on first use: 16 retries, all rights. */
  public static GroupSettings of(String name) {
    return new GroupSettings(name, false, true, true, USUAL_RETRIES, 1, RetryPolicy.USUAL);
  }

  /** The same with or without order. */
  public GroupSettings withOrder(boolean other) {
    return new GroupSettings(name, other, consume, broadcast, maxRetries, retryQueues, retryPolicy);
  }

  /** The same, whose members may consume or not. */
  public GroupSettings withConsume(boolean other) {
    return new GroupSettings(name, ordered, other, broadcast, maxRetries, retryQueues, retryPolicy);
  }

  /** The same with other retries. */
  public GroupSettings withRetries(int most, RetryPolicy policy) {
    return new GroupSettings(name, ordered, consume, broadcast, most, retryQueues, policy);
  }
}
