package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.RocketMQException;

/**
 * A topic as it is, or is to be, on each of its brokers. Immutable.
 *
 * @param name without the namespace; 1 to 127 letters, digits and {@code % | - _}
 * @param readQueues how many queues can be consumed; 1 to 65,536
 * @param writeQueues how many can be sent to; 1 to 65,536. To have fewer queues, lower this first,
 *     and the other once what is in them is consumed
 * @param permission what may be done with them
 * @param type what may be sent; anything but {@link TopicType#UNSPECIFIED} is for 5.x brokers
 * @param ordered whether name servers keep telling of a broker's queues while it is away
 */
public record TopicSettings(
    String name,
    int readQueues,
    int writeQueues,
    Permission permission,
    TopicType type,
    boolean ordered) {
  private static final int MAX_QUEUES = 65_536;

  /**
   * Checks what can be.
   *
   * @throws RocketMQException INVALID_ARGUMENT naming the value that cannot
   */
  public TopicSettings {
    Checks.topic(name);
    Checks.range("readQueues", readQueues, 0, MAX_QUEUES);
    Checks.range("writeQueues", writeQueues, 0, MAX_QUEUES);
  }

  /** A topic with so many queues on each broker, to read and write, of no type. */
  public static TopicSettings of(String name, int queues) {
    return new TopicSettings(
        name, queues, queues, Permission.READ_WRITE, TopicType.UNSPECIFIED, false);
  }

  /** The same with a type. */
  public TopicSettings withType(TopicType other) {
    return new TopicSettings(name, readQueues, writeQueues, permission, other, ordered);
  }

  /** The same with another permission. */
  public TopicSettings withPermission(Permission other) {
    return new TopicSettings(name, readQueues, writeQueues, other, type, ordered);
  }

  /** The same with other numbers of queues on each broker. */
  public TopicSettings withQueues(int read, int write) {
    return new TopicSettings(name, read, write, permission, type, ordered);
  }
}
