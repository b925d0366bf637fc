package dev.sluice.gateway.frontend.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.gateway.core.TransactionPath;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a message may be. Every breach names the field, its value and what is expected;
 * values are cut short.
 */
final class MessageRules {

  /** The most properties of one message. */
  static final int MAX_PROPERTIES = 128;

  /** The most bytes of a message's properties, names and values in UTF-8, with its tag and keys. */
  static final int MAX_PROPERTY_BYTES = 16 * 1024;

  /** The longest tag, in characters. */
  static final int MAX_TAG = 255;

  /** The longest sharding key, in characters. */
  static final int MAX_SHARDING_KEY = 1024;

  /** Under this name receivers find the message key among the properties. */
  static final String KEYS = "KEYS";

  /** Under this name receivers find the sharding key among the properties. */
  static final String SHARDING_KEY = "__SHARDINGKEY";

  /** The longest that a retried message stays away. */
  static final Duration MAX_RETRY_DELAY = Duration.ofHours(12);

  private static final Duration MIN_HOLD = Duration.ofSeconds(1);
  private static final Duration MAX_HOLD = Duration.ofDays(1);
  private static final int MAX_SHOWN = 40;
  private static final int MAX_UTF8_PER_CHAR = 3;

  private MessageRules() {}

  static void body(String field, int size) {
    if (size == 0) {
      throw GatewayException.invalid(
          Subject.BODY,
          field + ": empty (expected: 1 to " + ProxyFrontend.MAX_BODY_BYTES + " bytes)");
    }
    if (size > ProxyFrontend.MAX_BODY_BYTES) {
      throw GatewayException.invalid(
          Subject.BODY,
          field + ": " + size + " bytes (expected: at most " + ProxyFrontend.MAX_BODY_BYTES + ")");
    }
  }

  /** A message's tag, or null for none. */
  static @Nullable String tag(String tag) {
    if (tag.isEmpty()) {
      return null;
    }
    if (!isTag(tag)) {
      throw GatewayException.invalid(
          Subject.MESSAGE,
          "tag: "
              + shown(tag)
              + " (expected: at most "
              + MAX_TAG
              + " characters, without \"|\", control characters, and space at its ends)");
    }
    return tag;
  }

  /** A sharding key, or null for none. */
  static @Nullable String shardingKey(String field, String key) {
    if (key.isEmpty()) {
      return null;
    }
    if (key.length() > MAX_SHARDING_KEY || hasControl(key, false)) {
      throw GatewayException.invalid(
          Subject.MESSAGE,
          field
              + ": "
              + shown(key)
              + " (expected: at most "
              + MAX_SHARDING_KEY
              + " characters, without control characters)");
    }
    return key;
  }

  /** The keys in a message key: several are separated by space. */
  static List<String> keys(String key) {
    if (key.isEmpty()) {
      return List.of();
    }
    if (hasControl(key, false)) {
      throw GatewayException.invalid(
          Subject.MESSAGE,
          "properties.message_key: " + shown(key) + " (expected: no control characters)");
    }
    String trimmed = key.strip();
    if (trimmed.isEmpty()) {
      return List.of();
    }
    return trimmed.indexOf(' ') < 0 ? List.of(trimmed) : List.of(trimmed.split(" +"));
  }

  /** A user's properties, with the rest of what counts as them. */
  static void properties(Map<String, String> properties, String tag, String key) {
    if (properties.size() > MAX_PROPERTIES) {
      throw GatewayException.invalid(
          Subject.PROPERTIES,
          "properties.properties: "
              + properties.size()
              + " entries (expected: at most "
              + MAX_PROPERTIES
              + ")");
    }
    long chars = (long) tag.length() + key.length();
    for (Map.Entry<String, String> property : properties.entrySet()) {
      property(property.getKey(), property.getValue());
      chars += property.getKey().length() + property.getValue().length();
    }
    // Most messages are told to be small enough by their characters alone.
    if (chars * MAX_UTF8_PER_CHAR > MAX_PROPERTY_BYTES) {
      size(properties, tag, key);
    }
  }

  private static void property(String name, String value) {
    if (name.isEmpty() || hasControl(name, false)) {
      throw GatewayException.invalid(
          Subject.PROPERTIES,
          "properties.properties: name "
              + shown(name)
              + " (expected: not empty, without control characters)");
    }
    if (name.equals(KEYS) || name.equals(SHARDING_KEY)) {
      throw GatewayException.invalid(
          Subject.PROPERTIES,
          "properties.properties: name "
              + shown(name)
              + " is reserved (expected: "
              + (name.equals(KEYS) ? "properties.message_key" : "properties.sharding_key")
              + " instead)");
    }
    if (hasControl(value, true)) {
      throw GatewayException.invalid(
          Subject.PROPERTIES,
          "properties.properties: value of "
              + shown(name)
              + " has a control character (expected: none but tab and line ends)");
    }
  }

  private static void size(Map<String, String> properties, String tag, String key) {
    long bytes = (long) tag.getBytes(UTF_8).length + key.getBytes(UTF_8).length;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      bytes += property.getKey().getBytes(UTF_8).length;
      bytes += property.getValue().getBytes(UTF_8).length;
    }
    if (bytes > MAX_PROPERTY_BYTES) {
      throw GatewayException.invalid(
          Subject.PROPERTIES,
          "properties: "
              + bytes
              + " bytes with tag and message key (expected: at most "
              + MAX_PROPERTY_BYTES
              + ")");
    }
  }

  /**
   * The filter that a tag expression stands for; equal expressions give equal filters, in whatever
   * order and spacing they are written.
   */
  static Filter filter(String expression) {
    String trimmed = expression.strip();
    if (trimmed.isEmpty() || trimmed.equals("*")) {
      return Filter.ALL;
    }
    Set<String> tags = new TreeSet<>();
    for (String part : trimmed.split("\\|\\|", -1)) {
      String tag = part.strip();
      if (!isTag(tag) || tag.equals("*")) {
        throw GatewayException.invalid(
            Subject.FILTER,
            "tag_expression: "
                + shown(expression)
                + " (expected: \"*\", or tags separated by \"||\")");
      }
      tags.add(tag);
    }
    return new Filter(Filter.Type.TAG, String.join("||", tags));
  }

  /** How many entries a batch has. */
  static void entries(String field, Subject subject, int count) {
    if (count == 0 || count > ProxyFrontend.MAX_ENTRIES) {
      throw GatewayException.invalid(
          subject, field + ": " + count + " (expected: 1 to " + ProxyFrontend.MAX_ENTRIES + ")");
    }
  }

  /** What a cleanup goes by where no id is given. */
  static void named(String field, Subject subject, String name, String orElse) {
    if (name.isEmpty()) {
      throw GatewayException.invalid(
          subject, field + ": empty, and " + orElse + " too (expected: one of them)");
    }
  }

  /** A receipt handle; whether it opens is for the core to say. */
  static void handle(String field, String handle) {
    if (handle.isEmpty()) {
      throw GatewayException.invalid(
          Subject.HANDLE, field + ": empty (expected: the receipt handle of a received message)");
    }
  }

  /** After how long a message comes again. */
  static Duration retryDelay(long millis) {
    if (millis < 0 || millis > MAX_RETRY_DELAY.toMillis()) {
      throw GatewayException.invalid(
          Subject.INVISIBLE_DURATION,
          "delay_ms: " + millis + " (expected: 0 to " + MAX_RETRY_DELAY.toMillis() + ")");
    }
    return Duration.ofMillis(millis);
  }

  /**
   * When an undecided transaction is checked first; zero for the message system's own time.
   *
   * @param field in seconds; counts where it is not 0
   * @param property the same, where deployed SDKs may have it too
   */
  static Duration checkAfter(int field, int property) {
    String name = field != 0 ? "trans_check_immunity_time" : "properties.trans_check_immunity_time";
    int seconds = field != 0 ? field : property;
    long most = TransactionPath.MAX_CHECK_AFTER.toSeconds();
    if (seconds < 0 || seconds > most) {
      throw GatewayException.invalid(
          Subject.TRANSACTION, name + ": " + seconds + " (expected: 0 to " + most + ")");
    }
    return Duration.ofSeconds(seconds);
  }

  /** How long a stream may hold a delivery, or null for the configured time. */
  static @Nullable Duration maxHold(long millis) {
    if (millis == 0) {
      return null;
    }
    if (millis < MIN_HOLD.toMillis() || millis > MAX_HOLD.toMillis()) {
      throw GatewayException.invalid(
          Subject.INVISIBLE_DURATION,
          "max_hold_ms: "
              + millis
              + " (expected: "
              + MIN_HOLD.toMillis()
              + " to "
              + MAX_HOLD.toMillis()
              + ", or 0 for the gateway's setting)");
    }
    return Duration.ofMillis(millis);
  }

  private static boolean isTag(String tag) {
    return !tag.isEmpty()
        && tag.length() <= MAX_TAG
        && tag.indexOf('|') < 0
        && !hasControl(tag, false)
        && !Character.isWhitespace(tag.charAt(0))
        && !Character.isWhitespace(tag.charAt(tag.length() - 1));
  }

  private static boolean hasControl(String text, boolean layoutAllowed) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) && !(layoutAllowed && (c == '\t' || c == '\n' || c == '\r'))) {
        return true;
      }
    }
    return false;
  }

  /** A value as an error shows it: in quotes, cut short, control characters escaped. */
  static String shown(String value) {
    var text = new StringBuilder().append('"');
    int end = Math.min(value.length(), MAX_SHOWN);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c)) {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append(end < value.length() ? "…\" (" + value.length() + " characters)" : "\"");
    return text.toString();
  }
}
