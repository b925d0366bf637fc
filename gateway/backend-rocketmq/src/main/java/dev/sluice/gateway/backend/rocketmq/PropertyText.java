package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.core.spi.GatewayException;
import dev.sluice.gateway.core.spi.GatewayException.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message's properties straight into the one text that RocketMQ stores, without a map in
 * between: this runs for every message sent. Refuses text that would break it.
 */
final class PropertyText {
  private static final char NAME_END = 1;
  private static final char VALUE_END = 2;
  private static final char KEY_SEPARATOR = ' ';

  private final StringBuilder text;

  /** An empty text, with room for so many characters before it has to grow. */
  PropertyText(int expectedLength) {
    text = new StringBuilder(expectedLength);
  }

  /** Adds one of RocketMQ's own, with a value from outside. */
  void add(String name, @Nullable String value) {
    if (value != null) {
      text.append(name).append(NAME_END);
      appendChecked(name, value);
      text.append(VALUE_END);
    }
  }

  /** Adds one of RocketMQ's own, with a number. */
  void add(String name, long value) {
    text.append(name).append(NAME_END).append(value).append(VALUE_END);
  }

  /** Adds one of RocketMQ's own, with several values. */
  void add(String name, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    text.append(name);
    char before = NAME_END;
    for (String value : values) {
      text.append(before);
      appendChecked(name, value);
      before = KEY_SEPARATOR;
    }
    text.append(VALUE_END);
  }

  /** Adds one of the user's. */
  void addUsers(String name, String value) {
    if (name.isEmpty() || ReservedNames.contains(name)) {
      throw GatewayException.invalid(
          Subject.PROPERTIES,
          "property name: '" + name + "' (expected: not empty, and none of RocketMQ's own)");
    }
    appendChecked("property name", name);
    text.append(NAME_END);
    appendChecked(name, value);
    text.append(VALUE_END);
  }

  private void appendChecked(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == NAME_END || c == VALUE_END) {
        throw GatewayException.invalid(
            Subject.PROPERTIES,
            name
                + ": has U+000"
                + (int) c
                + " at index "
                + i
                + " (expected: text without U+0001 and U+0002)");
      }
    }
    text.append(value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
