package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;
import java.util.concurrent.CompletableFuture;

/** What a relay publishes by: {@code bus::publishEnvelope}. */
@FunctionalInterface
public interface EnvelopePublisher {

  /**
   * Publishes an event; does not block. Called on the relay's virtual threads, several at a time
   * for different aggregates, one at a time for each.
   *
   * @return completes in bounded time; what it completes with is not looked at
   */
  CompletableFuture<?> publish(String topic, Envelope envelope);
}
