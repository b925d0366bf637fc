package dev.sluice.rocketmq.wire;

import org.jspecify.annotations.Nullable;

/**
 * Takes the header fields of a {@link Request} one by one, so that a request is written straight
 * into the output buffer, with no map in between. Names must be ASCII without quotes, backslashes
 * or control characters; values may be any text.
 */
public interface FieldWriter {
  /** Writes a field; one whose value is null is left out. */
  FieldWriter field(String name, @Nullable String value);

  /** Writes a field with a number. */
  FieldWriter field(String name, long value);

  /** Writes a field with {@code true} or {@code false}. */
  FieldWriter field(String name, boolean value);
}
