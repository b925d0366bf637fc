package dev.sluice.gateway.server;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Rates and averages over the recent past, from samples taken each second. Its timer runs on one
 * loop; reading is for any thread.
 */
final class Rates {
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int RATE_SAMPLES = 10;
  private static final int MOST_SAMPLES = 60;

  private record Sample(long at, long messages, long calls, long nanos) {}

  private final GatewayMetrics metrics;
  private final CallStatistics calls;
  private final Loop loop;
  private final Clock clock;
  private final Ledger ledger;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private @Nullable Cancellable timer;
  private @Nullable Tracked tracked;
  private boolean stopped;

  Rates(GatewayMetrics metrics, CallStatistics calls, Loop loop, Clock clock, Ledger ledger) {
    this.metrics = metrics;
    this.calls = calls;
    this.loop = loop;
    this.clock = clock;
    this.ledger = ledger;
  }

  synchronized void start() {
    tracked = ledger.track("timer", "rates", this);
    sample();
  }

  synchronized void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
    if (tracked != null) {
      tracked.close();
    }
  }

  /** Messages sent and received in each second, over the last ten seconds. */
  synchronized double messagesPerSecond() {
    Sample now = now();
    Sample then = now;
    int back = 0;
    for (var newest = samples.descendingIterator();
        newest.hasNext() && back < RATE_SAMPLES;
        back++) {
      then = newest.next();
    }
    double seconds = (now.at - then.at) / 1e9;
    return seconds <= 0 ? 0 : (now.messages - then.messages) / seconds;
  }

  /**
   * The average response time in milliseconds over the last minute, or since the start where
   * nothing was asked in it.
   */
  synchronized double averageResponseMillis() {
    Sample now = now();
    Sample then = samples.isEmpty() ? now : samples.getFirst();
    long count = now.calls - then.calls;
    if (count > 0) {
      return (now.nanos - then.nanos) / 1e6 / count;
    }
    return now.calls == 0 ? 0 : now.nanos / 1e6 / now.calls;
  }

  private synchronized void sample() {
    if (stopped) {
      return;
    }
    if (samples.size() == MOST_SAMPLES) {
      samples.removeFirst();
    }
    samples.addLast(now());
    ledger.sweep();
    timer = loop.schedule(this::sample, EVERY);
  }

  private Sample now() {
    return new Sample(
        clock.nanoTime(),
        metrics.value(Counter.MESSAGES_SENT) + metrics.value(Counter.MESSAGES_RECEIVED),
        calls.timedCalls(),
        calls.timedNanos());
  }
}
