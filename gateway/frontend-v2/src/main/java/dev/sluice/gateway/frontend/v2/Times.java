package dev.sluice.gateway.frontend.v2;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;

/** The protocol's times as milliseconds and back; what callers send may be far out of range. */
final class Times {

  // Far beyond every limit, and far from overflowing.
  private static final long MAX_SECONDS = 1L << 40;

  private Times() {}

  static long millis(Timestamp timestamp) {
    return millis(timestamp.getSeconds(), timestamp.getNanos());
  }

  static long millis(Duration duration) {
    return millis(duration.getSeconds(), duration.getNanos());
  }

  private static long millis(long seconds, int nanos) {
    return Math.clamp(seconds, -MAX_SECONDS, MAX_SECONDS) * 1000 + nanos / 1_000_000;
  }

  static Timestamp timestamp(long epochMillis) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(epochMillis, 1000L))
        .setNanos(Math.floorMod(epochMillis, 1000) * 1_000_000)
        .build();
  }

  static Duration duration(long millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }
}
