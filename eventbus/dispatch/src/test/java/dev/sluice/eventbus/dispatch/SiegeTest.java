package dev.sluice.eventbus.dispatch;

import static dev.sluice.eventbus.dispatch.Rig.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.testkit.LedgerCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Closes on real threads and real time, with everything against them. */
class SiegeTest {

  private static final int CLOSERS = 100;

  /** The deadline is a second; exact times are shown on a clock that the test moves. */
  private static final Duration SLOW_MACHINE = Duration.ofSeconds(10);

  private final CountDownLatch stuckEntered = new CountDownLatch(1);
  private final Queue<Thread> started = new ConcurrentLinkedQueue<>();
  private final CountDownLatch offered = new CountDownLatch(1);
  private final CountDownLatch letGo = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    letGo.countDown();
  }

  @Test
  void aHundredClosersGetTheSameReportByTheDeadline(Ledger ledger) throws Exception {
    KeyedDispatcher<String> dispatcher = besieged(ledger, FailurePolicy.deadLetter(1, Rig.BACKOFF));
    Flow<String> flow = dispatcher.open("orders-0", new Told());
    flow.offer(item(0, "stuck"));
    flow.offer(item(1, "poison"));
    assertThat(stuckEntered.await(30, TimeUnit.SECONDS)).isTrue();

    var closed = new AtomicBoolean();
    var reports = new ArrayList<Future<CloseReport>>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // On a thread of the system, as it never lets go of it.
      Thread offering = Thread.ofPlatform().start(() -> offerUntil(flow, closed));
      assertThat(offered.await(30, TimeUnit.SECONDS)).isTrue();
      var all = new CountDownLatch(CLOSERS);
      for (int each = 0; each < CLOSERS; each++) {
        reports.add(
            threads.submit(
                () -> {
                  all.countDown();
                  all.await();
                  return dispatcher
                      .closeAsync(Deadline.after(Duration.ofSeconds(1)))
                      .toCompletableFuture()
                      .get(30, TimeUnit.SECONDS);
                }));
      }
      CloseReport report = reports.getFirst().get(30, TimeUnit.SECONDS);
      for (Future<CloseReport> each : reports) {
        assertThat(each.get(30, TimeUnit.SECONDS)).isSameAs(report);
      }
      assertThat(dispatcher.close(Deadline.after(Duration.ofSeconds(1)))).isSameAs(report);
      closed.set(true);
      assertThat(offering.join(Duration.ofSeconds(30))).isTrue();
      assertThat(report.took()).isLessThan(SLOW_MACHINE);
      assertThat(report.describe())
          .contains("key stuck, orders-0 at 0, on thread orders-handler-")
          .contains("dead letters that have not been stored")
          .contains("key poison, orders-0 at 1");
    }
    assertThat(ledger.open("handler")).isOne();

    letGo.countDown();
    LedgerCheck.assertClean(ledger);
  }

  @Test
  void twoHundredLivesLeaveNothing(Ledger ledger) throws Exception {
    letGo.countDown();
    for (int life = 0; life < 200; life++) {
      KeyedDispatcher<String> dispatcher = besieged(ledger, FailurePolicy.park(1, Rig.BACKOFF));
      Flow<String> flow = dispatcher.open("orders-0", new Told());
      for (int offset = 0; offset < 20; offset++) {
        flow.offer(
            item(offset, offset == 3 ? "poison" : offset == 5 ? "stuck" : "key" + offset % 4));
      }
      CloseReport report = dispatcher.close(Deadline.after(Duration.ofSeconds(30)));
      assertThat(report.clean()).as(report.describe()).isTrue();
      flow.revoke();
    }
    LedgerCheck.assertClean(ledger);
    assertThat(started).hasSizeGreaterThanOrEqualTo(200);
    for (Thread each : started) {
      assertThat(each.join(Duration.ofSeconds(30))).as("%s has ended", each).isTrue();
    }
  }

  private void offerUntil(Flow<String> flow, AtomicBoolean over) {
    for (long offset = 2; !over.get(); offset++) {
      if (flow.offer(item(offset, "key" + offset % 10))) {
        offered.countDown();
      }
      Thread.onSpinWait();
    }
  }

  /** One key is stuck in its handler, whatever comes; what is dead-lettered is never stored. */
  private KeyedDispatcher<String> besieged(Ledger ledger, FailurePolicy policy) {
    return KeyedDispatcher.create(
        Rig.options(policy),
        (item, attempt) -> {
          if ("stuck".equals(item.key())) {
            stuckEntered.countDown();
            awaitInSpiteOfInterrupts(letGo);
          } else if ("poison".equals(item.key())) {
            throw new PermanentFailureException("poison");
          }
        },
        (item, attempts, last) -> new CompletableFuture<>(),
        new DispatchRuntime(this::start, TimeoutScheduler.system(), Clock.system(), ledger));
  }

  private void start(Runnable handler) {
    Thread thread = Thread.ofVirtual().name("orders-handler-", started.size()).unstarted(handler);
    started.add(thread);
    thread.start();
  }

  private static void awaitInSpiteOfInterrupts(CountDownLatch latch) {
    for (boolean over = false; !over; ) {
      try {
        latch.await();
        over = true;
      } catch (InterruptedException e) {
        // Goes on: that is what makes it stuck.
      }
    }
  }
}
