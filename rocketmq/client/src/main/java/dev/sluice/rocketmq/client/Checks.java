package dev.sluice.rocketmq.client;

import java.time.Duration;

/**
 * Checks of arguments; what they find is INVALID_ARGUMENT and names value and range. For the other
 * modules of this library.
 */
public final class Checks {
  /** Brokers store topic names with one byte for their length. */
  public static final int MAX_TOPIC = 127;

  static final int MAX_GROUP = 255;

  private Checks() {}

  public static void notEmpty(String name, String value) {
    if (value.isEmpty()) {
      throw RocketMQException.invalid(name, "''", "at least 1 character");
    }
  }

  public static int range(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw RocketMQException.invalid(name, value, min + " to " + max);
    }
    return value;
  }

  public static Duration range(String name, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw RocketMQException.invalid(name, value, min + " to " + max);
    }
    return value;
  }

  /** A topic's name as brokers allow it. */
  public static String topic(String topic) {
    return resource("topic", topic, MAX_TOPIC);
  }

  /** A producer or consumer group's name as brokers allow it. */
  public static String group(String group) {
    return resource("group", group, MAX_GROUP);
  }

  /** A topic or group, named after the argument. */
  public static String resource(String name, String value, int longest) {
    if (value.isEmpty() || value.length() > longest) {
      throw RocketMQException.invalid(
          name, "'" + value + "'", "1 to " + longest + " of letters, digits, % | - _");
    }
    for (int i = 0; i < value.length(); i++) {
      if (!allowed(value.charAt(i))) {
        throw RocketMQException.invalid(
            name, "'" + value + "'", "1 to " + longest + " of letters, digits, % | - _");
      }
    }
    return value;
  }

  private static boolean allowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '%'
        || c == '|'
        || c == '-'
        || c == '_';
  }
}
