package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.WireException;

/** Which of a topic's three faces a popped message is stored in. */
public enum TopicKind {
  /** The topic itself. */
  NORMAL(0),
  /** The group's retry topic, {@code %RETRY%group_topic}. */
  RETRY(1),
  /** The group's retry topic in its newer form, {@code %RETRY%group+topic}. */
  RETRY_V2(2);

  static final String RETRY_PREFIX = "%RETRY%";

  private final int number;

  TopicKind(int number) {
    this.number = number;
  }

  /** The number in receipt handles and pop answers. */
  public int number() {
    return number;
  }

  /** What a stored topic name is. */
  public static TopicKind of(String storedTopic) {
    if (!storedTopic.startsWith(RETRY_PREFIX)) {
      return NORMAL;
    }
    return storedTopic.indexOf('+') >= 0 ? RETRY_V2 : RETRY;
  }

  /** The name that a topic's messages of this kind are stored under for a group. */
  public String storedTopic(String topic, String group) {
    return switch (this) {
      case NORMAL -> topic;
      case RETRY -> RETRY_PREFIX + group + '_' + topic;
      case RETRY_V2 -> RETRY_PREFIX + group + '+' + topic;
    };
  }

  static TopicKind ofNumber(long number) {
    for (TopicKind kind : values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    throw WireException.malformed("topic kind: " + number + " (expected: 0, 1 or 2)");
  }
}
