package dev.sluice.gateway.bench;

import org.jspecify.annotations.Nullable;

/**
 * What tells a consumer which message it got. A property, so that bodies can be of any size, and
 * made once.
 *
 * @param connection which of the run's connections sent it
 * @param sequence which of its messages it is
 */
record Mark(int connection, long sequence) {
  /** The property's name. */
  static final String PROPERTY = "sluice-bench";

  private static final int RADIX = 36;

  /** What the property says in this run. */
  String text(String run) {
    return run + '.' + Integer.toString(connection, RADIX) + '.' + Long.toString(sequence, RADIX);
  }

  /** Null where the message is none of this run. */
  static @Nullable Mark read(String text, String run) {
    int second = text.lastIndexOf('.');
    if (!text.startsWith(run + '.') || second <= run.length()) {
      return null;
    }
    try {
      return new Mark(
          Integer.parseInt(text, run.length() + 1, second, RADIX),
          Long.parseLong(text, second + 1, text.length(), RADIX));
    } catch (NumberFormatException e) {
      // Somebody else's property of the same name.
      return null;
    }
  }
}
