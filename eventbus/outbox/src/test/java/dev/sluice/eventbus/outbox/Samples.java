package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/** Events of aggregates, numbered from 1. */
final class Samples {
  private Samples() {}

  static Envelope event(String aggregate, long number) {
    return event(aggregate, number, ("event " + number).getBytes(StandardCharsets.UTF_8));
  }

  static Envelope event(String aggregate, long number, byte[] payload) {
    return new Envelope(
        UUID.randomUUID().toString(),
        aggregate,
        "order-changed",
        number,
        Instant.parse("2026-11-27T12:00:00.123456789Z"),
        "trace",
        null,
        "tenant-\u00fc",
        "text/plain",
        payload);
  }
}
