package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;

/** What callers may call things, the same by every frontend. */
public final class Names {

  /** The longest topic, in characters. */
  public static final int MAX_TOPIC = 127;

  /** The longest group, in characters. */
  public static final int MAX_GROUP = 120;

  /** The longest of every other text that becomes part of an id, in characters. */
  public static final int MAX_TEXT = 1024;

  private static final int SHOWN = 200;

  private Names() {}

  /**
   * Checks a topic.
   *
   * @throws GatewayException with {@code INVALID_ARGUMENT} about {@code TOPIC} where it is none
   */
  public static void checkTopic(String topic) {
    check("topic", topic, MAX_TOPIC, Subject.TOPIC);
  }

  /**
   * Checks a consumer group.
   *
   * @throws GatewayException with {@code INVALID_ARGUMENT} about {@code GROUP} where it is none
   */
  public static void checkGroup(String group) {
    check("group", group, MAX_GROUP, Subject.GROUP);
  }

  private static void check(String what, String name, int max, Subject subject) {
    boolean wellFormed = !name.isEmpty() && name.length() <= max;
    for (int i = 0; wellFormed && i < name.length(); i++) {
      wellFormed = isNameCharacter(name.charAt(i));
    }
    if (!wellFormed) {
      throw GatewayException.invalid(
          subject,
          what
              + ": "
              + shown(name)
              + " (expected: 1 to "
              + max
              + " characters of % | a-z A-Z 0-9 _ -)");
    }
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '%'
        || c == '|'
        || c == '_'
        || c == '-';
  }

  /**
   * Checks the length of a text of another kind.
   *
   * @throws GatewayException with {@code INVALID_ARGUMENT} where it is over {@link #MAX_TEXT}
   */
  public static void checkLength(String what, String text, Subject subject) {
    if (text.length() > MAX_TEXT) {
      throw GatewayException.invalid(
          subject,
          what + ": " + text.length() + " characters (expected: at most " + MAX_TEXT + ")");
    }
  }

  /** Text from outside as it may appear in a message: at most 200 characters, on one line. */
  public static String shown(String text) {
    String bounded = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    return bounded.replaceAll("\\p{Cntrl}", "?");
  }
}
