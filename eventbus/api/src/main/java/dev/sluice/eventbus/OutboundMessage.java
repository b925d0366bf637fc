package dev.sluice.eventbus;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message to be published. The body is not copied, and must not change until it is published.
 *
 * @param key messages of one key keep their order; null for what has none
 * @param body of any content
 * @param headers at most 64, names of {@code A-Z a-z 0-9 . _ -} up to 128 characters, values up to
 *     4,096; those that begin with {@code sluice-} are the library's own
 */
public record OutboundMessage(@Nullable String key, byte[] body, Map<String, String> headers) {

  /** Copies the headers. Their bounds and the key's are checked when it is published. */
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
}
