package dev.sluice.eventbus.dispatch;

import static dev.sluice.eventbus.dispatch.Rig.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.eventbus.dispatch.Target.Mood;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Closes step by step, on a clock that the test moves. */
class ClosingTest {

  private static final Duration TIME = Duration.ofSeconds(10);

  private final Ledger ledger;
  private final Told owner = new Told();

  ClosingTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @Test
  void takesAndStartsNothingMoreAndLetsWhatRunsEnd() {
    Rig rig = new Rig(FailurePolicy.retry(Rig.BACKOFF), ledger);
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    flow.offer(item(1, "a"));
    rig.handlers.beginAll();

    CompletableFuture<CloseReport> closing = close(rig);
    assertThat(flow.offer(item(2, "b"))).isFalse();
    assertThat(rig.dispatcher.open("orders-1", owner).offer(item(0, "c"))).isFalse();
    assertThat(closing).isNotDone();
    rig.handlers.endAll();

    assertThat(closing).isCompletedWithValueMatching(CloseReport::clean);
    assertThat(rig.dispatcher.inspect().waiting()).isOne();
    assertThat(rig.handlers.waiting()).isZero();
    assertThat(owner.resolved).containsExactly("a@0 HANDLED");
    assertThat(flow.frontier()).isEqualTo(1);
    assertThat(flow.unresolved()).isEqualTo(1);
    assertThat(rig.clock.pending()).isZero();
  }

  @Test
  void handlersHaveSixTenthsOfTheTimeBeforeTheyAreInterrupted() {
    Rig rig = new Rig(FailurePolicy.retry(Rig.BACKOFF), ledger);
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    rig.handlers.beginAll();
    CompletableFuture<CloseReport> closing = close(rig);

    rig.clock.advance(Duration.ofMillis(5900));
    assertThat(rig.dispatcher.inspect().overdue()).isZero();
    rig.clock.advance(Duration.ofMillis(200));
    assertThat(rig.dispatcher.inspect().overdue()).isOne();
    rig.handlers.end(rig.handlers.running.getFirst(), new InterruptedException());

    assertThat(report(closing).unfinished()).containsExactly("drain");
    assertThat(report(closing).children()).isEmpty();
    assertThat(flow.frontier()).as("not handled").isZero();
    assertThat(rig.clock.pending()).isZero();
  }

  @Test
  void namesKeysAndThreadsThatSurviveAndLetsGoOfThemWhenTheyEnd() {
    Rig rig = new Rig(FailurePolicy.retry(Rig.BACKOFF), ledger);
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    flow.offer(item(1, null));
    rig.handlers.beginAll().forEach(call -> call.thread.setName("worker-" + call.item.offset()));
    CompletableFuture<CloseReport> closing = close(rig);
    rig.clock.advance(TIME);

    CloseReport report = report(closing);
    assertThat(report.took()).isLessThanOrEqualTo(TIME);
    assertThat(report.unfinished()).containsExactly("drain", "interrupt");
    assertThat(report.children().getFirst().name()).isEqualTo("handlers that have not returned");
    assertThat(report.children().getFirst().unfinished())
        .containsExactly(
            "key a, orders-0 at 0, on thread worker-0",
            "no key, orders-0 at 1, on thread worker-1");
    assertThat(ledger.open("handler")).isEqualTo(2);
    assertThat(rig.clock.pending()).isZero();

    // One that is through after all still counts, until the flow is revoked.
    rig.handlers.endAll();
    assertThat(ledger.open("handler")).isZero();
    assertThat(flow.frontier()).isEqualTo(2);
  }

  @Test
  void namesWhatTheDeadLetterTargetHasNotStored() {
    Rig rig = new Rig(FailurePolicy.deadLetter(1, Rig.BACKOFF), ledger);
    rig.target.mood = Mood.HANGING;
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), new IllegalStateException("poison"));
    CompletableFuture<CloseReport> closing = close(rig);
    assertThat(closing).isNotDone();
    rig.clock.advance(Duration.ofMillis(6001));

    CloseReport report = report(closing);
    assertThat(report.unfinished()).containsExactly("drain");
    assertThat(report.children().getFirst().unfinished()).containsExactly("key a, orders-0 at 0");
    assertThat(flow.frontier()).isZero();

    rig.target.hanging.getFirst().answer().complete("stored");
    assertThat(flow.frontier()).isEqualTo(1);
  }

  @Test
  void waitsForADeadLetterThatIsBeingStored() {
    Rig rig = new Rig(FailurePolicy.deadLetter(1, Rig.BACKOFF), ledger);
    rig.target.mood = Mood.HANGING;
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), new IllegalStateException("poison"));
    CompletableFuture<CloseReport> closing = close(rig);

    rig.target.hanging.getFirst().answer().complete("stored");

    assertThat(closing).isCompletedWithValueMatching(CloseReport::clean);
    assertThat(flow.frontier()).isEqualTo(1);
  }

  @Test
  void whatFailsMeanwhileOrWaitsForItsNextAttemptIsNotResolved() {
    Rig rig = new Rig(FailurePolicy.deadLetter(2, Rig.BACKOFF), ledger);
    rig.target.mood = Mood.DOWN;
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "resting"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), new IllegalStateException("down"));
    flow.offer(item(1, "running"));
    flow.offer(item(2, "buried"));
    List<SteppedHandlers.Call> calls = rig.handlers.beginAll();
    rig.handlers.end(calls.get(1), new PermanentFailureException("poison"));
    CompletableFuture<CloseReport> closing = close(rig);

    rig.handlers.end(calls.get(0), new IllegalStateException("down"));

    assertThat(closing).isCompletedWithValueMatching(CloseReport::clean);
    assertThat(rig.clock.pending()).as("timers").isZero();
    assertThat(rig.target.asked).isEqualTo(1);
    assertThat(flow.frontier()).isZero();
    assertThat(flow.unresolved()).isEqualTo(3);
    assertThat(flow.revoke()).isZero();
    assertThat(rig.dispatcher.mailboxes()).isZero();
  }

  @Test
  void whatIsParkedStaysSoAndNobodyCanHaveItTriedAgain() {
    Rig rig = new Rig(FailurePolicy.park(1, Rig.BACKOFF), ledger);
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), new IllegalStateException("poison"));

    assertThat(report(close(rig)).clean()).isTrue();

    Parked parked = rig.dispatcher.parked().getFirst();
    assertThat(rig.dispatcher.retry(parked)).isFalse();
    assertThat(rig.dispatcher.skip(parked)).isFalse();
    assertThat(flow.frontier()).isZero();
  }

  @Test
  void whatWasStartedAndHasNotBegunWhenInterruptsComeDoesNotBegin() {
    Rig rig = new Rig(FailurePolicy.retry(Rig.BACKOFF), ledger);
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    CompletableFuture<CloseReport> closing = close(rig);
    rig.clock.advance(Duration.ofMillis(6001));

    assertThat(rig.handlers.beginAll()).isEmpty();

    assertThat(report(closing).children()).isEmpty();
    assertThat(flow.frontier()).isZero();
  }

  @Test
  void aZombieOfARevokedFlowIsWaitedForToo() {
    Rig rig = new Rig(FailurePolicy.retry(Rig.BACKOFF), ledger);
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    rig.handlers.beginAll();
    flow.revoke();
    CompletableFuture<CloseReport> closing = close(rig);
    assertThat(closing).isNotDone();

    rig.handlers.endAll();

    assertThat(closing).isCompletedWithValueMatching(CloseReport::clean);
  }

  private static CloseReport report(CompletableFuture<CloseReport> closing) {
    assertThat(closing).isCompleted();
    return closing.join();
  }

  private static CompletableFuture<CloseReport> close(Rig rig) {
    return rig.dispatcher.closeAsync(Deadline.after(TIME, rig.clock)).toCompletableFuture();
  }
}
