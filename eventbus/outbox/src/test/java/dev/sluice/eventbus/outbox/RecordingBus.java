package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBusException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a relay publishes to, which notes what is published, checks that no two events of an
 * aggregate are under way at a time, and fails as a test wants. Many relays may share it.
 */
final class RecordingBus implements EnvelopePublisher {
  private final List<Envelope> attempts = new ArrayList<>();
  private final Map<String, List<Long>> published = new HashMap<>();
  private final Map<String, Long> running = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private volatile Function<Envelope, @Nullable EventBusException> failure = event -> null;
  private volatile int delayMicros;

  /** Has publishing fail where the function gives a failure. */
  void failing(Function<Envelope, @Nullable EventBusException> when) {
    failure = when;
  }

  /** Has publishing take up to so long. */
  void slow(int micros) {
    delayMicros = micros;
  }

  @Override
  public CompletableFuture<?> publish(String topic, Envelope event) {
    begin(event);
    EventBusException failed = failure.apply(event);
    if (delayMicros == 0) {
      end(event, failed == null);
      return failed == null
          ? CompletableFuture.completedFuture(topic)
          : CompletableFuture.failedFuture(failed);
    }
    CompletableFuture<String> later = new CompletableFuture<>();
    CompletableFuture.delayedExecutor(
            ThreadLocalRandom.current().nextInt(delayMicros), TimeUnit.MICROSECONDS)
        .execute(
            () -> {
              end(event, failed == null);
              if (failed == null) {
                later.complete(topic);
              } else {
                later.completeExceptionally(failed);
              }
            });
    return later;
  }

  private synchronized void begin(Envelope event) {
    attempts.add(event);
    Long other = running.put(event.aggregateId(), event.eventVersion());
    if (other != null) {
      faults.add(event.aggregateId() + ": " + event.eventVersion() + " while " + other);
    }
  }

  private synchronized void end(Envelope event, boolean acknowledged) {
    running.remove(event.aggregateId());
    if (acknowledged) {
      published
          .computeIfAbsent(event.aggregateId(), aggregate -> new ArrayList<>())
          .add(event.eventVersion());
    }
  }

  /** The numbers of an aggregate's events that were published, in that order. */
  synchronized List<Long> published(String aggregate) {
    return List.copyOf(published.getOrDefault(aggregate, List.of()));
  }

  synchronized int publishedCount() {
    return published.values().stream().mapToInt(List::size).sum();
  }

  synchronized List<Envelope> attempts() {
    return List.copyOf(attempts);
  }

  /** Events of one aggregate that were under way at the same time. */
  synchronized List<String> faults() {
    return List.copyOf(faults);
  }
}
