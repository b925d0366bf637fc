package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Texts;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBufUtil;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message's properties as one text: name, {@code U+0001}, value, {@code U+0002}, and so on. The
 * protocol has no way to escape the two separators.
 */
public final class MessageProperties {
  /** Between a name and its value. */
  static final char NAME_END = 1;

  /** Behind a value. */
  static final char VALUE_END = 2;

  /** The longest encoded text in UTF-8 bytes: the store has 15 bits for its length. */
  public static final int MAX_BYTES = Short.MAX_VALUE;

  private MessageProperties() {}

  /**
   * The text for these properties, in the map's order.
   *
   * @throws WireException for an empty name, for a separator in a name or value, and for more than
   *     {@value #MAX_BYTES} bytes
   */
  public static String encode(Map<String, String> properties) {
    if (properties.isEmpty()) {
      return "";
    }
    Text text = new Text();
    properties.forEach(text::put);
    checkLength(text.text);
    return text.toString();
  }

  /** A text that is made property by property, each name once. Not safe for several threads. */
  public static final class Text {
    private final StringBuilder text = new StringBuilder(128);

    /** None yet. */
    public Text() {}

    /**
     * Adds one behind the others.
     *
     * @throws WireException for an empty name, or a separator in either
     */
    public Text put(String name, String value) {
      if (name.isEmpty()) {
        throw WireException.invalid("property name: empty (expected: at least 1 character)");
      }
      check("property name", name, name);
      check("value of property", name, value);
      text.append(name).append(NAME_END).append(value).append(VALUE_END);
      return this;
    }

    /** The text, as long as it is: who stores it checks its length. */
    @Override
    public String toString() {
      return text.toString();
    }
  }

  private static void check(String what, String name, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == NAME_END || c == VALUE_END) {
        throw WireException.invalid(
            what
                + " "
                + Texts.quote(name)
                + ": U+000"
                + (int) c
                + " at "
                + i
                + " (expected: neither U+0001 nor U+0002, which separate properties)");
      }
    }
  }

  /** The length of an encoded text in UTF-8 bytes, which must be at most {@value #MAX_BYTES}. */
  static int checkLength(CharSequence encoded) {
    int bytes = ByteBufUtil.utf8Bytes(encoded);
    if (bytes > MAX_BYTES) {
      throw WireException.limit(
          "properties: " + bytes + " bytes encoded (expected: at most " + MAX_BYTES + ")");
    }
    return bytes;
  }

  /**
   * The properties in a text, in its order; the last one counts where a name occurs twice. Pieces
   * without a name are skipped, as other clients do. Cannot be changed.
   */
  public static Map<String, String> decode(String text) {
    if (text.isEmpty()) {
      return Map.of();
    }
    Map<String, String> properties = new LinkedHashMap<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf(VALUE_END, start);
      if (end < 0) {
        end = text.length();
      }
      int nameEnd = text.indexOf(NAME_END, start, end);
      if (nameEnd > start) {
        properties.put(text.substring(start, nameEnd), text.substring(nameEnd + 1, end));
      }
      start = end + 1;
    }
    return Collections.unmodifiableMap(properties);
  }
}
