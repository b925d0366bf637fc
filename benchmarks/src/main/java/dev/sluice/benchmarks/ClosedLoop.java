package dev.sluice.benchmarks;

import dev.sluice.benchmarks.servers.ServerProcess;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Keeps a fixed number of sends in flight: each answer starts the next. Latencies are those that
 * the sender sees, so at a fixed number in flight they are bound to the rate.
 */
final class ClosedLoop {

  private final List<ManagedChannel> channels;
  private final SendWorkload workload;
  private final int inFlight;
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicReference<String> firstFailure = new AtomicReference<>("");
  private final AtomicLong firstStored = new AtomicLong();
  private volatile Histogram latencies = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
  private volatile boolean stopping;
  private final CountDownLatch ended;

  ClosedLoop(List<ManagedChannel> channels, SendWorkload workload, int inFlight) {
    this.channels = channels;
    this.workload = workload;
    this.inFlight = inFlight;
    this.ended = new CountDownLatch(inFlight);
  }

  /** Runs warm-up and measurement; the server's own accounting is read at both ends. */
  Turn run(Duration warmUp, Duration measure, ServerProcess server) throws InterruptedException {
    for (int i = 0; i < inFlight; i++) {
      sendNext(channels.get(i % channels.size()));
    }
    pause(warmUp);
    latencies = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
    failed.reset();
    long messages = answered.sum();
    Window window = Window.of(server.pid());
    pause(measure);
    Turn.Builder turn = window.end(answered.sum() - messages);
    Histogram seen = latencies;
    turn.with(Column.P50, seen.getValueAtPercentile(50) / 1e6)
        .with(Column.P99, seen.getValueAtPercentile(99) / 1e6)
        .with(Column.FAILED, (double) failed.sum());
    stopping = true;
    if (!ended.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException(ended.getCount() + " sends were never answered");
    }
    return turn.build(Objects.requireNonNull(firstFailure.get()));
  }

  /** When the first message was stored, by {@link System#nanoTime}; 0 where none was. */
  long firstStored() {
    return firstStored.get();
  }

  private void sendNext(ManagedChannel channel) {
    if (stopping) {
      ended.countDown();
      return;
    }
    long begin = System.nanoTime();
    workload.send(
        channel,
        failure -> {
          latencies.recordValue(Math.min(System.nanoTime() - begin, TimeUnit.MINUTES.toNanos(1)));
          if (failure.isEmpty()) {
            if (firstStored.get() == 0) {
              firstStored.compareAndSet(0, System.nanoTime());
            }
            answered.increment();
            sendNext(channel);
          } else {
            failed.increment();
            firstFailure.compareAndSet("", failure);
            // A refusal that comes at once must not turn the loop into a busy one.
            CompletableDelay.run(
                Duration.ofMillis(1 + ThreadLocalRandom.current().nextInt(5)),
                () -> sendNext(channel));
          }
        });
  }

  private void pause(Duration duration) throws InterruptedException {
    // Never counted down while measuring: this waits for the time to pass.
    if (ended.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("the loop ended before its time");
    }
  }
}
