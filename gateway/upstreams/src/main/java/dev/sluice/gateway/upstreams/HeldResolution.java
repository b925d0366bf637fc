package dev.sluice.gateway.upstreams;

import java.time.Duration;

/** What a user of a delivery's handle wants to become of it. */
public sealed interface HeldResolution {

  /** By which the instance that holds the delivery finds it. */
  long hold();

  /** Until when the handle is good on any instance, milliseconds since the epoch. */
  long validUntil();

  /** It was dealt with. */
  record Acknowledge(long hold, long validUntil) implements HeldResolution {}

  /**
   * It is to come again.
   *
   * @param invisible after this time, zero or more
   */
  record ComeAgain(long hold, long validUntil, Duration invisible) implements HeldResolution {
    public ComeAgain {
      if (invisible.isNegative()) {
        throw new IllegalArgumentException(
            "invisible: " + Checks.text(invisible) + " (expected: 0s or more)");
      }
    }
  }
}
