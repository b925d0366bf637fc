package dev.sluice.benchmarks.sdk;

import dev.sluice.benchmarks.load.Report;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keeps a fixed number of asynchronous sends in flight: each answer starts the next. */
@Command(name = "send", mixinStandardHelpOptions = true, description = "Asynchronous sends.")
final class SendLoad implements Callable<Integer> {

  private static final long PAUSE_AFTER_FAILURE_MILLIS = 5;

  @Mixin private final Target target = new Target();

  @Option(names = "--in-flight", description = "Sends at a time, default ${DEFAULT-VALUE}.")
  private int inFlight = 100;

  @Option(names = "--body", description = "Bytes, default ${DEFAULT-VALUE}.")
  private int bodyBytes = 256;

  @Option(names = "--warm-up", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int warmUp = 15;

  @Option(names = "--measure", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int measure = 25;

  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicReference<String> firstFailure = new AtomicReference<>("");
  private volatile @Nullable Report report;
  private volatile boolean stopping;

  @Override
  public Integer call() throws Exception {
    var ended = new CountDownLatch(inFlight);
    byte[] body = new byte[bodyBytes];
    try (Producer producer = target.producer()) {
      for (int i = 0; i < inFlight; i++) {
        sendNext(producer, body, ended);
      }
      pause(ended, warmUp);
      long messages = answered.sum();
      long failures = failed.sum();
      Report measured = Report.begin();
      report = measured;
      pause(ended, measure);
      measured.end(
          answered.sum() - messages,
          failed.sum() - failures,
          0,
          Objects.requireNonNull(firstFailure.get()));
      stopping = true;
      if (!ended.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException(ended.getCount() + " sends were never answered");
      }
    }
    return 0;
  }

  private void sendNext(Producer producer, byte[] body, CountDownLatch ended) {
    if (stopping) {
      ended.countDown();
      return;
    }
    long begin = System.nanoTime();
    var _ =
        target
            .send(producer, body)
            .whenComplete(
                (receipt, failure) -> {
                  Report measuring = report;
                  if (measuring != null) {
                    measuring.latency(System.nanoTime() - begin);
                  }
                  if (failure == null) {
                    answered.increment();
                    sendNext(producer, body, ended);
                  } else {
                    failed.increment();
                    firstFailure.compareAndSet("", failure.toString());
                    // A refusal that comes at once must not turn the loop into a busy one.
                    CompletableFuture.delayedExecutor(
                            PAUSE_AFTER_FAILURE_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> sendNext(producer, body, ended));
                  }
                });
  }

  private static void pause(CountDownLatch ended, int seconds) throws InterruptedException {
    // Never counted down while measuring: this waits for the time to pass.
    if (ended.await(seconds, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the loop ended before its time");
    }
  }
}
