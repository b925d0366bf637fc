package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.spi.testing.ThreadLoops;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.LedgerCheck;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gateway on real threads whose time flies, in front of a message system in memory, used by many
 * threads at once.
 */
final class HurriedGateway {

  static final String ADDRESS = "memory:9876";

  private static final int LOOPS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final int hurry;
  private final ThreadLoops loops;
  private final MemoryBackend backend;
  private final Ledger ledger;
  private final Gateway gateway;
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Queue<Outcome<?>> outcomes = new ConcurrentLinkedQueue<>();
  private final AtomicInteger posted = new AtomicInteger();

  HurriedGateway(Ledger ledger, int hurry, MemoryOptions options, GatewaySettings settings) {
    this.hurry = hurry;
    this.ledger = ledger;
    this.loops = new ThreadLoops(LOOPS, hurry);
    this.backend = new MemoryBackend(loops, loops, options);
    this.gateway =
        Gateway.create(
            new Gateway.Parts(
                settings,
                loops,
                List.of(backend),
                ledger,
                loops,
                Sealer.with(ClusterKey.random()),
                EndpointAllowList.of(
                    Set.of(MemoryBackend.SCHEME), MemoryBackend.SCHEME, ADDRESS, List.of())));
    gateway.start();
  }

  Gateway gateway() {
    return gateway;
  }

  MemoryBackend backend() {
    return backend;
  }

  ThreadLoops loops() {
    return loops;
  }

  Ledger ledger() {
    return ledger;
  }

  long count(Counter counter) {
    return gateway.metrics().value(counter);
  }

  /** Something that must not be. */
  void fault(String what) {
    faults.add(what);
  }

  /** One that has to be called once. */
  <T> Outcome<T> outcome() {
    var outcome = new Outcome<T>();
    outcomes.add(outcome);
    return outcome;
  }

  /** Runs the task on one of the loops. */
  void onLoop(Seeds seeds, Runnable task) {
    posted.incrementAndGet();
    seeds
        .pick(loops.all())
        .execute(
            () -> {
              try {
                task.run();
              } finally {
                posted.decrementAndGet();
              }
            });
  }

  /** Runs the task here or on one of the loops. */
  void somewhere(Seeds seeds, Runnable task) {
    if (seeds.chance(50)) {
      task.run();
    } else {
      onLoop(seeds, task);
    }
  }

  /** Has many threads, platform and virtual ones, do this at once, and waits for them. */
  void atOnce(int threads, Seeds seeds, Work work) throws InterruptedException {
    var all = new ArrayList<Thread>();
    for (int i = 0; i < threads; i++) {
      Seeds own = seeds.split();
      Runnable task =
          () -> {
            try {
              work.with(own);
            } catch (RuntimeException | Error e) {
              fault(e.toString());
            }
          };
      all.add(i % 2 == 0 ? Thread.ofPlatform().start(task) : Thread.startVirtualThread(task));
    }
    for (Thread thread : all) {
      thread.join();
    }
    until(() -> posted.get() == 0 && outcomes.stream().allMatch(Outcome::isOver));
  }

  /** What one thread does. */
  @FunctionalInterface
  interface Work {
    void with(Seeds seeds);
  }

  /** Waits for it. */
  static void until(Callable<Boolean> condition) {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(condition);
  }

  /** Closes the gateway; expects that nothing is left and that nothing was wrong. */
  void close() throws Exception {
    CloseReport report =
        gateway
            .closeAsync(Deadline.after(PATIENCE.multipliedBy(hurry), loops))
            .toCompletableFuture()
            .get();
    assertThat(faults).isEmpty();
    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(outcomes).allMatch(outcome -> outcome.calls() == 1);
    for (Counter gauge :
        List.of(
            Counter.ACTIVE_CONNECTIONS,
            Counter.ACTIVE_PRODUCERS,
            Counter.ACTIVE_CONSUMERS,
            Counter.ACTIVE_STREAMS,
            Counter.ACTIVE_UPSTREAMS)) {
      assertThat(count(gauge)).as(gauge.toString()).isZero();
    }
    assertThat(backend.openUpstreams()).isZero();
    LedgerCheck.assertClean(ledger);
    loops.close();
    assertThat(loops.failures()).isEmpty();
  }
}
