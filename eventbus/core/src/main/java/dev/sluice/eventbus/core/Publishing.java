package dev.sluice.eventbus.core;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hands messages to the transport and answers for each, once and in time, whatever the transport
 * does.
 */
final class Publishing {

  private static final Duration LONGEST_RESERVE = Duration.ofMillis(500);

  private final BusOptions options;
  private final Transport transport;
  private final Clock clock;
  private final TimeoutScheduler timers;
  private final Duration forTransport;
  private final PublishWindow window;
  private final Tally tally;
  // Each leaves when it ends, by its timer at the latest; the window bounds how many there are.
  private final Set<Publication> pending = ConcurrentHashMap.newKeySet();
  private final LongAdder published = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private volatile boolean abandoned;

  Publishing(
      BusOptions options,
      Transport transport,
      Ledger ledger,
      Clock clock,
      TimeoutScheduler timers) {
    this.options = options;
    this.transport = transport;
    this.clock = clock;
    this.timers = timers;
    this.forTransport = options.publishTimeout().minus(reserve(options.publishTimeout()));
    this.window = new PublishWindow(options.maxPublishing(), options.maxPublishingBytes());
    this.tally = ledger.tally("publication", options.group());
    // Not before the last one has been taken out, which may be one that is just being handed over.
    var unused = window.ended().thenRun(tally::close);
  }

  /** The transport has a little less time, so that its answer, which says more, comes first. */
  private static Duration reserve(Duration timeout) {
    Duration share = timeout.dividedBy(20);
    return share.compareTo(LONGEST_RESERVE) < 0 ? share : LONGEST_RESERVE;
  }

  /** For programs. */
  CompletableFuture<Published> publish(String topic, OutboundMessage message) {
    long size = size(message);
    try {
      message.checkBounds();
      window.acquire(size);
    } catch (EventBusException e) {
      return CompletableFuture.failedFuture(e);
    }
    return hand(topic, message, size);
  }

  /** For the bus itself, which may as long as {@link #abandon} was not called. */
  CompletableFuture<Published> publishOwn(String topic, OutboundMessage message) {
    long size = size(message);
    try {
      window.acquireOwn(size);
    } catch (EventBusException e) {
      return CompletableFuture.failedFuture(e);
    }
    return hand(topic, message, size);
  }

  private CompletableFuture<Published> hand(String topic, OutboundMessage message, long size) {
    tally.add(1);
    var publication = new Publication(this, size);
    pending.add(publication);
    publication.endAfter(timers, options.publishTimeout());
    if (abandoned) {
      publication.fail(PublishWindow.closed());
      return publication.result();
    }
    try {
      var unused =
          transport
              .publish(topic, message, Deadline.after(forTransport, clock))
              .whenComplete(publication::answered);
    } catch (RuntimeException e) {
      publication.fail(e);
    }
    return publication.handOut();
  }

  /** What a publication took is given back. */
  void ended(Publication publication, long size, boolean done) {
    (done ? published : failures).increment();
    pending.remove(publication);
    tally.remove(1);
    window.release(size);
  }

  EventBusException late() {
    return EventBusException.of(
        Category.UNKNOWN_OUTCOME,
        "no answer from "
            + transport.name()
            + " within "
            + options.publishTimeout()
            + " (the message may be there, or not)");
  }

  /** From now on programs are told that the bus is closed. */
  void refuse() {
    window.refuse();
  }

  /** Completes when everything ended that was there when {@link #refuse} was called. */
  CompletionStage<Void> drained() {
    return window.drained();
  }

  /** Ends all that is left, and takes nothing more. */
  void abandon() {
    window.shut();
    abandoned = true;
    for (Publication publication : pending) {
      publication.fail(
          EventBusException.of(
              Category.UNKNOWN_OUTCOME, "the bus was closed while it was being published"));
    }
  }

  long published() {
    return published.sum();
  }

  long failures() {
    return failures.sum();
  }

  int messages() {
    return window.messages();
  }

  long bytes() {
    return window.bytes();
  }

  private static long size(OutboundMessage message) {
    long size = message.body().length + 64L;
    String key = message.key();
    size += key == null ? 0 : key.length();
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      size += header.getKey().length() + header.getValue().length();
    }
    return size;
  }
}
