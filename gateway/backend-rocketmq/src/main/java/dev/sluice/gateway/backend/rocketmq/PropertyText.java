package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import io.netty.util.concurrent.FastThreadLocal;
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

  private static final int USUAL_LENGTH = 256;
  private static final int LONGEST_KEPT = 8192;

  private static final FastThreadLocal<PropertyText> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected PropertyText initialValue() {
          return new PropertyText();
        }
      };

  private StringBuilder text = new StringBuilder(USUAL_LENGTH);

  private PropertyText() {}

  /** The calling thread's text, emptied: one at a time, not to be kept. */
  static PropertyText empty() {
    PropertyText own = OF_THREAD.get();
    if (own.text.capacity() > LONGEST_KEPT) {
      own.text = new StringBuilder(USUAL_LENGTH);
    } else {
      own.text.setLength(0);
    }
    return own;
  }

  /** Adds one of RocketMQ's own, with a value from outside; an empty one is as good as none. */
  void add(String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
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
    // Two searches that the JIT knows how to do many characters at a time.
    requireNone(NAME_END, name, value);
    requireNone(VALUE_END, name, value);
    text.append(value);
  }

  private static void requireNone(char separator, String name, String value) {
    int index = value.indexOf(separator);
    if (index >= 0) {
      throw GatewayException.invalid(
          Subject.PROPERTIES,
          name
              + ": has U+000"
              + (int) separator
              + " at index "
              + index
              + " (expected: text without U+0001 and U+0002)");
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
