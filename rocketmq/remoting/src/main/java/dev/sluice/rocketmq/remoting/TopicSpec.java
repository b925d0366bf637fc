package dev.sluice.rocketmq.remoting;

/**
 * A topic to be created or changed.
 *
 * @param name its name
 * @param readQueues how many queues per broker can be read; 1 to 65536
 * @param writeQueues how many queues per broker can be written; 1 to 65536
 * @param messageType what 5.x clients may send to it
 */
public record TopicSpec(String name, int readQueues, int writeQueues, MessageType messageType) {

  /** The {@code message.type} attribute; brokers store it and proxies enforce it. */
  public enum MessageType {
    /** Not stored, which clients take for any. */
    UNSPECIFIED,
    NORMAL,
    FIFO,
    DELAY,
    TRANSACTION,
    PRIORITY,
    LITE,
    MIXED
  }

  public TopicSpec {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: '" + name + "' (expected: not blank)");
    }
    if (readQueues < 1 || readQueues > 65_536) {
      throw new IllegalArgumentException("readQueues: " + readQueues + " (expected: 1 to 65536)");
    }
    if (writeQueues < 1 || writeQueues > 65_536) {
      throw new IllegalArgumentException("writeQueues: " + writeQueues + " (expected: 1 to 65536)");
    }
  }

  /** A topic for normal messages with as many queues to read as to write. */
  public static TopicSpec normal(String name, int queues) {
    return new TopicSpec(name, queues, queues, MessageType.NORMAL);
  }
}
