package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the events of a batch: those of an aggregate one after the other, each when the one
 * before it is acknowledged, those of different aggregates beside each other. One thread runs it.
 */
final class BatchPublishing {
  private final EnvelopePublisher publisher;
  private final AtomicInteger publishing;
  private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();

  /** Of each aggregate what is not published, the one that is being published first. */
  private final Map<String, Queue<OutboxRow>> chains = new LinkedHashMap<>();

  /** By position. */
  private final Map<Long, OutboxRow> running = new HashMap<>();

  private final List<OutboxRow> published = new ArrayList<>();
  private final List<Failed> failed = new ArrayList<>();

  /** What is said meanwhile. */
  private sealed interface Said {
    record Ended(OutboxRow row, @Nullable Throwable failure) implements Said {}

    record Abandon() implements Said {}
  }

  /**
   * An event that was not published, as far as is known.
   *
   * @param ofTheBus whether this says something of the bus, and nothing of the event
   */
  record Failed(OutboxRow row, String error, boolean ofTheBus) {}

  /** How it went. What is in neither list is as it was. */
  record Outcome(List<OutboxRow> published, List<Failed> failed) {
    /** Whether nothing could be published, whatever it was. */
    boolean isOutage() {
      return published.isEmpty() && !failed.isEmpty() && failed.stream().allMatch(Failed::ofTheBus);
    }
  }

  /**
   * Nothing published yet.
   *
   * @param publishing counts what is being published
   */
  BatchPublishing(EnvelopePublisher publisher, List<OutboxRow> rows, AtomicInteger publishing) {
    this.publisher = publisher;
    this.publishing = publishing;
    for (OutboxRow row : rows) {
      chains.computeIfAbsent(row.aggregate(), aggregate -> new ArrayDeque<>()).add(row);
    }
  }

  /** Has it wait no longer for what is being published. Any thread. */
  void abandon() {
    said.add(new Said.Abandon());
  }

  /**
   * Publishes.
   *
   * @param goOn asked before each event that follows another one
   * @param end after which what is being published counts as failed
   */
  Outcome run(BooleanSupplier goOn, Deadline end) throws InterruptedException {
    for (Queue<OutboxRow> chain : chains.values()) {
      begin(chain.element());
    }
    boolean abandoned = false;
    while (!running.isEmpty() && !abandoned) {
      switch (said.poll(end.remainingNanos(), TimeUnit.NANOSECONDS)) {
        case null -> {
          overdue();
          abandoned = true;
        }
        case Said.Abandon() -> abandoned = true;
        case Said.Ended ended -> ended(ended, goOn);
      }
    }
    publishing.addAndGet(-running.size());
    return new Outcome(published, failed);
  }

  private void begin(OutboxRow row) {
    running.put(row.position(), row);
    publishing.incrementAndGet();
    var unused =
        publish(row).whenComplete((done, failure) -> said.add(new Said.Ended(row, failure)));
  }

  private CompletableFuture<?> publish(OutboxRow row) {
    try {
      return switch (row.content()) {
        case OutboxRow.Content.Event event -> publisher.publish(row.topic(), event.envelope());
        case OutboxRow.Content.Broken broken -> CompletableFuture.failedFuture(broken.reason());
      };
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void ended(Said.Ended ended, BooleanSupplier goOn) {
    OutboxRow row = ended.row();
    running.remove(row.position());
    publishing.decrementAndGet();
    if (ended.failure() != null) {
      failed.add(failed(row, ended.failure()));
      return;
    }
    published.add(row);
    Queue<OutboxRow> chain = chains.getOrDefault(row.aggregate(), new ArrayDeque<>());
    chain.remove();
    if (!chain.isEmpty() && goOn.getAsBoolean()) {
      begin(chain.element());
    }
  }

  private static Failed failed(OutboxRow row, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    boolean ofTheBus =
        cause instanceof EventBusException e
            && switch (e.category()) {
              case UNAVAILABLE, OVERLOADED, UNAUTHENTICATED, TIMEOUT -> true;
              case INVALID_ARGUMENT, NOT_FOUND, UNKNOWN_OUTCOME, INTERNAL -> false;
            };
    String error =
        cause instanceof EventBusException e
            ? e.category() + ": " + e.getMessage()
            : cause.toString();
    return new Failed(row, error, ofTheBus);
  }

  private void overdue() {
    for (OutboxRow row : running.values()) {
      failed.add(new Failed(row, "UNKNOWN_OUTCOME: its publishing did not end in time", false));
    }
  }

  /** How long it may take. */
  static Deadline end(RelayOptions options) {
    Duration longest = options.batchTime().plus(options.publishTimeout());
    return Deadline.after(longest);
  }
}
