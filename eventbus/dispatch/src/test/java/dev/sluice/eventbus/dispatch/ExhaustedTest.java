package dev.sluice.eventbus.dispatch;

import static dev.sluice.eventbus.dispatch.Rig.BACKOFF;
import static dev.sluice.eventbus.dispatch.Rig.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.dispatch.SteppedHandlers.Call;
import dev.sluice.eventbus.dispatch.Target.Mood;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What becomes of items that failed as often as they may. */
class ExhaustedTest {

  private static final long K = 17;

  private final RuntimeException poison = new IllegalStateException("poison");
  private final Ledger ledger;
  private final Told owner = new Told();

  ExhaustedTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @Test
  void poisonIsPassedWhenTheDeadLetterTargetHasIt() {
    Rig rig = rig(FailurePolicy.deadLetter(3, BACKOFF));
    Flow<String> flow = offsetKAlwaysFailsAndTheNextThousandSucceed(rig);

    assertThat(rig.target.stored).containsExactly("poison@17");
    assertThat(flow.frontier()).isEqualTo(K + 1001);
    assertThat(owner.resolved).hasSize(1001).contains("poison@17 DEAD_LETTERED");
    close(rig);
  }

  @ParameterizedTest
  @EnumSource(value = Mood.class, mode = Mode.EXCLUDE, names = "UP")
  void poisonIsNeverPassedWhileTheDeadLetterTargetDoesNotHaveIt(Mood mood) {
    Rig rig = rig(FailurePolicy.deadLetter(3, BACKOFF));
    rig.target.mood = mood;
    Flow<String> flow = offsetKAlwaysFailsAndTheNextThousandSucceed(rig);
    rig.clock.advance(Duration.ofHours(1));

    assertThat(flow.frontier()).isEqualTo(K);
    assertThat(flow.unresolved()).isEqualTo(1);
    assertThat(owner.resolved).hasSize(1000);
    assertThat(rig.dispatcher.inspect().deadLettered()).isZero();

    // It comes back, and is asked again at the latest after 30 seconds.
    rig.target.mood = Mood.UP;
    rig.target.hanging.forEach(asked -> asked.answer().completeExceptionally(poison));
    rig.clock.advance(Duration.ofSeconds(30));

    assertThat(rig.target.stored).containsExactly("poison@17");
    assertThat(flow.frontier()).isEqualTo(K + 1001);
    close(rig);
  }

  private Flow<String> offsetKAlwaysFailsAndTheNextThousandSucceed(Rig rig) {
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    assertThat(flow.offer(item(K, "poison"))).isTrue();
    for (long offset = K + 1; offset <= K + 1000; offset++) {
      runAll(rig);
      assertThat(flow.offer(item(offset, "key" + offset % 7))).isTrue();
    }
    for (int attempt = 0; attempt < 3; attempt++) {
      runAll(rig);
      rig.clock.advance(BACKOFF.first());
    }
    return flow;
  }

  private void runAll(Rig rig) {
    for (Call call : rig.handlers.beginAll()) {
      rig.handlers.end(call, call.item.offset() == K ? poison : null);
    }
  }

  @Test
  void aDeadLetterTargetThatIsDownIsAskedAgainAfterLongerAndLongerWaits() {
    Rig rig = rig(FailurePolicy.deadLetter(1, BACKOFF));
    rig.target.mood = Mood.DOWN;
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), poison);
    assertThat(rig.target.asked).isEqualTo(1);

    rig.clock.advance(Duration.ofHours(1));

    // 100 ms, doubled up to 30 s.
    assertThat(rig.target.asked).isBetween(120, 135);
    flow.revoke();
    close(rig);
  }

  @Test
  void theNextOfItsKeyStartsWhenTheDeadLetterTargetHasIt() {
    Rig rig = rig(FailurePolicy.deadLetter(1, BACKOFF));
    rig.target.mood = Mood.HANGING;
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    flow.offer(item(1, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), poison);
    assertThat(rig.handlers.waiting()).isZero();

    Target.Asked asked = rig.target.hanging.getFirst();
    assertThat(asked.attempts()).isEqualTo(1);
    assertThat(asked.last()).isSameAs(poison);
    asked.answer().complete("stored");

    assertThat(owner.resolved).containsExactly("a@0 DEAD_LETTERED");
    assertThat(rig.handlers.beginAll()).hasToString("[a@1 attempt 1]");
    rig.handlers.endAll();
    close(rig);
  }

  @Test
  void whatIsStoredAfterItsFlowWasRevokedResolvesNothing() {
    Rig rig = rig(FailurePolicy.deadLetter(1, BACKOFF));
    rig.target.mood = Mood.HANGING;
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), poison);

    assertThat(flow.revoke()).isZero();
    Flow<String> again = rig.dispatcher.open("orders-0", owner);
    again.offer(item(0, "a"));
    rig.target.hanging.getFirst().answer().complete("stored");

    assertThat(owner.resolved).isEmpty();
    assertThat(again.frontier()).isZero();
    assertThat(rig.dispatcher.inspect().discarded()).isOne();
    again.revoke();
    rig.handlers.runAll();
    close(rig);
  }

  @Test
  void aParkedKeyWaitsAndOthersGoOn() {
    Rig rig = rig(FailurePolicy.park(1, BACKOFF));
    Flow<String> flow = parked(rig);
    assertThat(rig.dispatcher.parked())
        .containsExactly(
            new Parked("orders-0", 0, "a", false, 1, "java.lang.IllegalStateException: poison"));
    flow.offer(item(2, "b"));
    rig.handlers.runAll();

    assertThat(owner.resolved).containsExactly("b@2 HANDLED");
    assertThat(flow.frontier()).isZero();
    flow.revoke();
    close(rig);
  }

  @Test
  void whatIsParkedIsTriedAgainFromItsFirstAttemptOn() {
    Rig rig = rig(FailurePolicy.park(1, BACKOFF));
    parked(rig);

    Parked parked = rig.dispatcher.parked().getFirst();
    assertThat(rig.dispatcher.retry(parked)).isTrue();
    assertThat(rig.dispatcher.retry(parked)).as("twice").isFalse();
    assertThat(rig.dispatcher.skip(parked)).as("afterwards").isFalse();

    assertThat(rig.handlers.beginAll()).hasToString("[a@0 attempt 1]");
    rig.handlers.endAll();
    rig.handlers.runAll();
    assertThat(owner.resolved).containsExactly("a@0 HANDLED", "a@1 HANDLED");
    assertThat(rig.dispatcher.inspect().retries()).isOne();
    close(rig);
  }

  @Test
  void whatIsParkedIsSkipped() {
    Rig rig = rig(FailurePolicy.park(1, BACKOFF));
    Flow<String> flow = parked(rig);

    assertThat(rig.dispatcher.skip(rig.dispatcher.parked().getFirst())).isTrue();
    rig.handlers.runAll();

    assertThat(owner.resolved).containsExactly("a@0 SKIPPED", "a@1 HANDLED");
    assertThat(flow.frontier()).isEqualTo(2);
    assertThat(rig.dispatcher.inspect().skipped()).isOne();
    close(rig);
  }

  @Test
  void nothingMoreOfAStalledFlowStartsAndOtherFlowsGoOn() {
    Rig rig = rig(FailurePolicy.stall(1, BACKOFF));
    Flow<String> flow = parked(rig);
    flow.offer(item(2, "b"));
    flow.offer(item(3, null));
    Flow<String> other = rig.dispatcher.open("orders-1", owner);
    other.offer(item(0, "c"));
    rig.handlers.runAll();

    assertThat(owner.resolved).containsExactly("c@0 HANDLED");
    assertThat(rig.dispatcher.parked().getFirst().wholeFlow()).isTrue();
    assertThat(rig.dispatcher.inspect().flows())
        .extracting(DispatchSnapshot.FlowSnapshot::stalled)
        .containsExactly(true, false);

    assertThat(rig.dispatcher.skip(rig.dispatcher.parked().getFirst())).isTrue();
    rig.handlers.runAll();
    assertThat(flow.unresolved()).isZero();
    close(rig);
  }

  @Test
  void aFlowThatTwoItemsStallGoesOnWhenBothAreDealtWith() {
    Rig rig = rig(FailurePolicy.stall(1, BACKOFF));
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    flow.offer(item(1, "b"));
    List<Call> both = rig.handlers.beginAll();
    both.forEach(call -> rig.handlers.end(call, poison));
    List<Parked> parked = rig.dispatcher.parked();
    assertThat(parked).hasSize(2);

    assertThat(rig.dispatcher.retry(parked.get(0))).isTrue();
    assertThat(rig.handlers.waiting()).as("while the other stalls").isZero();
    assertThat(rig.dispatcher.skip(parked.get(1))).isTrue();

    rig.handlers.runAll();
    assertThat(owner.resolved).containsExactly("b@1 SKIPPED", "a@0 HANDLED");
    close(rig);
  }

  @Test
  void whatIsParkedGoesWithItsFlow() {
    Rig rig = rig(FailurePolicy.park(1, BACKOFF));
    Flow<String> flow = parked(rig);
    Parked parked = rig.dispatcher.parked().getFirst();

    flow.revoke();

    assertThat(rig.dispatcher.parked()).isEmpty();
    assertThat(rig.dispatcher.retry(parked)).isFalse();
    assertThat(rig.dispatcher.mailboxes()).isZero();
    close(rig);
  }

  /** Of two items of one key the first has failed. */
  private Flow<String> parked(Rig rig) {
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    flow.offer(item(1, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), poison);
    return flow;
  }

  private Rig rig(FailurePolicy policy) {
    return new Rig(policy, ledger);
  }

  private static void close(Rig rig) {
    rig.dispatcher.close();
    assertThat(rig.clock.pending()).as("timers").isZero();
  }
}
