package dev.sluice.eventbus;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message to be published. The body is not copied, and must not change until it is published.
 *
 * @param key messages of one key keep their order; 1 to 256 characters of {@code A-Z a-z 0-9 : _ -
 *     . /}; null for what has none
 * @param body of any content, at most 16 MiB; brokers may take less
 * @param headers at most 64, names of {@code A-Z a-z 0-9 . _ -} up to 128 characters, values up to
 *     4,096 without control characters; names that begin with {@code sluice-} are the library's own
 */
@SuppressWarnings("ArrayRecordComponent") // Payloads are not copied, and equal by content here.
public record OutboundMessage(@Nullable String key, byte[] body, Map<String, String> headers) {

  /** The longest body, in bytes. */
  public static final int MAX_BODY_BYTES = 16 << 20;

  /** What the names of the library's own headers begin with. */
  public static final String OWN_HEADERS = "sluice-";

  private static final int MOST_HEADERS = 64;
  private static final int LONGEST_VALUE = 4096;

  /** Copies the headers. Bounds are checked when it is published. */
  public OutboundMessage {
    Objects.requireNonNull(body, "body");
    headers = Map.copyOf(headers);
  }

  /** A body without a key. */
  public static OutboundMessage of(byte[] body) {
    return new OutboundMessage(null, body, Map.of());
  }

  /** A body with a key. */
  public static OutboundMessage of(String key, byte[] body) {
    return new OutboundMessage(Objects.requireNonNull(key, "key"), body, Map.of());
  }

  /**
   * Checks the bounds that hold for what programs publish.
   *
   * @throws EventBusException INVALID_ARGUMENT, naming the field
   */
  public void checkBounds() {
    if (key != null) {
      Fields.checkKey("key", key);
    }
    if (body.length > MAX_BODY_BYTES) {
      throw EventBusException.invalid("body", body.length + " bytes", "at most " + MAX_BODY_BYTES);
    }
    if (headers.size() > MOST_HEADERS) {
      throw EventBusException.invalid("headers", headers.size(), "at most " + MOST_HEADERS);
    }
    headers.forEach(OutboundMessage::checkHeader);
  }

  private static void checkHeader(String name, String value) {
    if (!Fields.isHeaderName(name)) {
      throw EventBusException.invalid(
          "headers", name, "names of 1 to 128 characters of A-Z a-z 0-9 . _ -");
    }
    if (name.regionMatches(true, 0, OWN_HEADERS, 0, OWN_HEADERS.length())) {
      throw EventBusException.invalid("headers", name, "names that do not begin with sluice-");
    }
    Fields.checkText("headers." + name, value, 0, LONGEST_VALUE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OutboundMessage that
        && Objects.equals(key, that.key)
        && Arrays.equals(body, that.body)
        && headers.equals(that.headers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, Arrays.hashCode(body), headers);
  }

  /** Without the body and the headers, which are not for logs. */
  @Override
  public String toString() {
    return "message of key " + key + " (" + body.length + " bytes)";
  }
}
