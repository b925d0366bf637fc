package dev.sluice.benchmarks.sdk;

import dev.sluice.benchmarks.load.Report;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Publishes at a fixed rate and measures until the handler has each message. The clock of a message
 * starts when it was due, so that a server that holds up the publisher is not spared its delay.
 */
@Command(name = "latency", mixinStandardHelpOptions = true, description = "Publish to handler.")
final class LatencyLoad implements Callable<Integer>, MessageListener {

  private static final int MOST_IN_FLIGHT = 20_000;
  private static final long POLL_MILLIS = 20;

  @Mixin private final Target target = new Target();

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--group", required = true, description = "A group that is new to the topic.")
  private String group;

  @Option(names = "--rate", description = "Messages per second, default ${DEFAULT-VALUE}.")
  private int rate = 5000;

  @Option(names = "--body", description = "Bytes, 8 at least, default ${DEFAULT-VALUE}.")
  private int bodyBytes = 256;

  @Option(names = "--warm-up", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int warmUp = 15;

  @Option(names = "--measure", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int measure = 25;

  @Option(names = "--threads", description = "Of the consumer, default ${DEFAULT-VALUE}.")
  private int threads = 8;

  @Option(names = "--patience", description = "Seconds for stragglers, default ${DEFAULT-VALUE}.")
  private int patience = 60;

  private final Semaphore inFlight = new Semaphore(MOST_IN_FLIGHT);
  private final LongAdder failed = new LongAdder();
  private final AtomicReference<String> firstFailure = new AtomicReference<>("");
  private final LongAdder handled = new LongAdder();
  // When the first measured message was due; none before it counts.
  private final AtomicLong measuredFrom = new AtomicLong(Long.MAX_VALUE);
  private volatile @Nullable Report report;

  @Override
  public Integer call() throws Exception {
    PushConsumer consumer = target.consumer(group, threads, this);
    try (Producer producer = target.producer()) {
      publish(producer, warmUp);
      measuredFrom.set(System.nanoTime());
      Report measured = Report.begin();
      report = measured;
      long failedBefore = failed.sum();
      long published = publish(producer, measure);
      awaitAnswers();
      long failures = failed.sum() - failedBefore;
      awaitHandled(published - failures);
      measured.end(
          handled.sum(),
          failures + Math.max(0, published - failures - handled.sum()),
          Math.max(0, handled.sum() - (published - failures)),
          Objects.requireNonNull(firstFailure.get()));
    }
    Target.leave(consumer);
    return 0;
  }

  private long publish(Producer producer, int seconds) throws InterruptedException {
    long begin = System.nanoTime();
    long count = (long) rate * seconds;
    for (long i = 0; i < count; i++) {
      long due = begin + i * 1_000_000_000L / rate;
      long early = due - System.nanoTime();
      if (early > 0) {
        LockSupport.parkNanos(early);
      }
      inFlight.acquire();
      byte[] body = ByteBuffer.allocate(bodyBytes).putLong(due).array();
      var _ =
          target
              .send(producer, body)
              .whenComplete(
                  (receipt, failure) -> {
                    inFlight.release();
                    if (failure != null) {
                      failed.increment();
                      firstFailure.compareAndSet("", failure.toString());
                    }
                  });
    }
    return count;
  }

  @Override
  public ConsumeResult consume(MessageView message) {
    long due = message.getBody().getLong();
    Report measuring = report;
    if (measuring != null && due - measuredFrom.get() >= 0) {
      measuring.latency(System.nanoTime() - due);
      handled.increment();
    }
    return ConsumeResult.SUCCESS;
  }

  private void awaitAnswers() throws InterruptedException {
    if (!inFlight.tryAcquire(MOST_IN_FLIGHT, patience, TimeUnit.SECONDS)) {
      throw new IllegalStateException("sends were never answered");
    }
  }

  private void awaitHandled(long expected) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience);
    while (handled.sum() < expected && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
    }
  }
}
