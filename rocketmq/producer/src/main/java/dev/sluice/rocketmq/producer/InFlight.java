package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.Tally;
import dev.sluice.rocketmq.client.RocketMQException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many sends are under way: each is admitted, unless there are too many or none are to come any
 * more, and ends once. Safe for all threads.
 */
final class InFlight {
  private final int most;
  private final Tally tally;
  private final AtomicInteger count = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile boolean closed;

  InFlight(int most, Tally tally) {
    this.most = most;
    this.tally = tally;
  }

  /** Admits one, or throws OVERLOADED or UNAVAILABLE. */
  void begin() {
    int now = count.incrementAndGet();
    tally.add(1);
    if (closed || now > most) {
      end();
      throw closed
          ? closed()
          : RocketMQException.of(
              RocketMQException.Category.OVERLOADED,
              "sends under way: " + most + " (expected: fewer, see maxInFlight)");
    }
  }

  static RocketMQException closed() {
    return RocketMQException.of(
        RocketMQException.Category.UNAVAILABLE, "the producer is not started, or closed");
  }

  void end() {
    tally.remove(1);
    if (count.decrementAndGet() == 0 && closed) {
      drained.complete(null);
    }
  }

  /** Admits no more. */
  void refuse() {
    closed = true;
  }

  /** Completes when none is under way; after {@link #refuse}. */
  CompletionStage<?> whenDrained() {
    if (count.get() == 0) {
      drained.complete(null);
    }
    return drained;
  }

  /**
   * Takes the count out of the ledger when the last one has ended: calls that nobody answers go on
   * for as long as the runtime that the producer shares with others.
   */
  void close() {
    var unused = whenDrained().thenRun(tally::close);
  }
}
