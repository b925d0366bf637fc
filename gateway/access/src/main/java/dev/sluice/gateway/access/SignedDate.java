package dev.sluice.gateway.access;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;

/**
 * Dates as official clients write them: {@code 20260102T030405Z}, where those for Java, Go, Python
 * and C# mean the time of their own zone by it, or RFC 3339 with an offset, as the one for Rust
 * does.
 */
final class SignedDate {

  private static final DateTimeFormatter SHORT =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4)
          .appendPattern("MMdd'T'HHmmss'Z'")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int SHORT_LENGTH = 16;

  private SignedDate() {}

  /** The date; empty where it is written in another way. */
  static Optional<Instant> parse(String text) {
    try {
      return Optional.of(
          text.length() == SHORT_LENGTH
              ? SHORT.parse(text, Instant::from)
              : OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** As most clients write it. */
  static String text(Instant time) {
    return SHORT.format(time);
  }
}
