package dev.sluice.benchmarks.busload;

import dev.sluice.benchmarks.busload.KeyedLoad.Work;
import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.lifecycle.CloseReport;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The bus over Kafka, with its own defaults. */
public final class BusDrain {

  private static final Duration CLOSE_TIME = Duration.ofSeconds(20);
  private static final long LOOK_NANOS = 1_000_000;

  private BusDrain() {}

  /** Runs it; ends the process. */
  public static void main(String[] arguments) {
    KeyedLoad.run(BusDrain::start, arguments);
  }

  private static AutoCloseable start(Work work, SleepingHandler handler) {
    EventBus bus =
        EventBus.kafka(KafkaOptions.of(BusOptions.of(work.group(), work.topic()), work.servers()));
    bus.start();
    // Assigned, and held as long as it has no handler.
    while (work.timed() && bus.inspect().held().isEmpty()) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    handler.begin();
    bus.subscribe(
        work.topic(),
        SubscribeOptions.of(FailurePolicy.retry(Backoff.standard()))
            .concurrency(work.concurrency()),
        message -> handler.handle(message.body()));
    return () -> {
      CloseReport report = bus.close(CLOSE_TIME);
      if (!report.clean()) {
        throw new IllegalStateException(report.describe());
      }
    };
  }
}
