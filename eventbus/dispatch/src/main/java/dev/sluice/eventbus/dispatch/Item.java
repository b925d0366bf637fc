package dev.sluice.eventbus.dispatch;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a flow takes in.
 *
 * @param offset where it is in its flow: not negative, and above that of the item offered before
 *     it, by any distance
 * @param key what is handled in order; null for what may be handled in any
 * @param bytes what it counts for in bounds, at least 1
 * @param message what the handler gets
 */
public record Item<T>(long offset, @Nullable String key, int bytes, T message) {

  /** Checks the bounds. */
  public Item {
    Objects.requireNonNull(message, "message");
    if (offset < 0 || offset == Long.MAX_VALUE) {
      throw new IllegalArgumentException("offset: " + offset + " (expected: 0 to 2^63 - 2)");
    }
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 1)");
    }
  }
}
