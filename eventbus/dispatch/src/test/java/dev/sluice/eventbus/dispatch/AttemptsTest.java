package dev.sluice.eventbus.dispatch;

import static dev.sluice.eventbus.dispatch.Rig.item;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.eventbus.dispatch.SteppedHandlers.Call;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptsTest {

  private static final FailurePolicy THREE_THEN_PARK =
      FailurePolicy.park(3, new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(10)));

  private final Told owner = new Told();
  private final Rig rig;
  private Flow<String> flow;

  AttemptsTest(Ledger ledger) {
    this.rig = new Rig(THREE_THEN_PARK, ledger);
    this.flow = rig.dispatcher.open("orders-0", owner);
  }

  @BeforeEach
  void offerTwoOfOneKey() {
    flow.offer(item(0, "a"));
    flow.offer(item(1, "a"));
  }

  @AfterEach
  void close() {
    flow.revoke();
    rig.handlers.runAll();
    rig.handlers.endAll();
    rig.dispatcher.close();
    assertThat(rig.clock.pending()).as("timers").isZero();
  }

  @Test
  void theNextOfAKeyStartsWhenTheOneBeforeIsHandled() {
    Call first = begin();
    assertThat(rig.handlers.waiting()).isZero();

    rig.handlers.end(first, null);

    assertThat(begin().item.offset()).isEqualTo(1);
    assertThat(owner.resolved).containsExactly("a@0 HANDLED");
    assertThat(flow.frontier()).isEqualTo(1);
  }

  @Test
  void aFailedAttemptIsFollowedByTheNextAfterItsWaitWithoutAThread() {
    rig.handlers.end(begin(), new IllegalStateException("down"));
    assertThat(rig.dispatcher.inspect().running()).isZero();
    flow.offer(item(2, "a"));
    rig.clock.advance(Duration.ofMillis(999));
    assertThat(rig.handlers.waiting()).isZero();

    rig.clock.advance(Duration.ofMillis(1));

    Call second = begin();
    assertThat(second.toString()).isEqualTo("a@0 attempt 2");
    rig.handlers.end(second, new IllegalStateException("down"));
    rig.clock.advance(Duration.ofSeconds(2));
    Call third = begin();
    assertThat(third.toString()).isEqualTo("a@0 attempt 3");
    rig.handlers.end(third, null);
    assertThat(begin().toString()).isEqualTo("a@1 attempt 1");
    assertThat(rig.dispatcher.inspect().retries()).isEqualTo(2);
  }

  @Test
  void aPermanentFailureIsNotTriedAgain() {
    rig.handlers.end(begin(), new PermanentFailureException("no such customer"));

    assertThat(rig.dispatcher.parked())
        .containsExactly(
            new Parked(
                "orders-0",
                0,
                "a",
                false,
                1,
                "dev.sluice.eventbus.PermanentFailureException: no such customer"));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        StackOverflowError.class,
        AssertionError.class,
        OutOfMemoryError.class,
        NoClassDefFoundError.class,
        InterruptedException.class
      })
  void whateverIsThrownIsAFailure(Class<? extends Throwable> thrown) throws Exception {
    rig.handlers.end(begin(), thrown.getConstructor().newInstance());
    rig.clock.advance(Duration.ofSeconds(1));

    assertThat(begin().toString()).isEqualTo("a@0 attempt 2");
  }

  @Test
  void aFailureThatCannotTellWhatItIsIsAFailureToo() {
    var failure =
        new PermanentFailureException("") {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new IllegalStateException("no message");
          }
        };
    rig.handlers.end(begin(), failure);

    assertThat(rig.dispatcher.parked().getFirst().reason()).startsWith(getClass().getName());
  }

  @Test
  void anAttemptThatOverrunsIsInterruptedAndTheNextStartsWhenItHasLeft() throws Exception {
    Call first = begin();
    rig.clock.advance(Rig.TIMEOUT.minusMillis(1));
    assertThat(rig.dispatcher.inspect().overdue()).isZero();

    rig.clock.advance(Duration.ofMillis(1));
    assertThat(rig.dispatcher.inspect().overdue()).isOne();
    rig.clock.advance(Duration.ofHours(1));
    assertThat(rig.handlers.waiting()).as("beside one that has not left").isZero();

    // It returns at last, but its time was over.
    rig.handlers.end(first, null);
    rig.clock.advance(Duration.ofSeconds(1));

    assertThat(begin().toString()).isEqualTo("a@0 attempt 2");
    assertThat(owner.resolved).isEmpty();
    assertThat(rig.dispatcher.inspect().overdue()).isZero();
  }

  @Test
  void whatIsParkedSaysThatItsTimeWasOver() {
    for (int attempt = 1; attempt <= 3; attempt++) {
      Call call = begin();
      rig.clock.advance(Rig.TIMEOUT);
      rig.handlers.end(call, new InterruptedException());
      rig.clock.advance(Duration.ofSeconds(10));
    }

    assertThat(rig.dispatcher.parked().getFirst().reason())
        .isEqualTo("java.util.concurrent.TimeoutException: handler: not done after PT30S");
  }

  @Test
  void attemptsShareOneTimer() {
    for (int offset = 2; offset < 500; offset++) {
      flow.offer(item(offset, null));
    }
    rig.handlers.runAll();
    assertThat(rig.clock.pending()).isEqualTo(1);
  }

  @Test
  void aHandlerThatBeginsLateHasAllOfItsTime() {
    rig.clock.advance(Rig.TIMEOUT.minusMillis(1));
    Call late = begin();
    rig.clock.advance(Rig.TIMEOUT.minusMillis(1));
    assertThat(rig.dispatcher.inspect().overdue()).isZero();

    rig.clock.advance(Rig.TIMEOUT.dividedBy(100));

    assertThat(rig.dispatcher.inspect().overdue()).isOne();
    rig.handlers.end(late, null);
  }

  @Test
  void noInterruptReachesWhatTheThreadDoesAfterTheHandler() {
    boolean[] interrupted = new boolean[1];
    flow.revoke();
    flow =
        rig.dispatcher.open(
            "orders-0",
            new FlowOwner<>() {
              @Override
              public void onRoom() {}

              @Override
              public void onResolved(Item<String> item, Resolution resolution) {
                interrupted[0] = Thread.currentThread().isInterrupted();
              }
            });
    flow.offer(item(5, "b"));
    Call call = rig.handlers.beginAll().getLast();
    call.thread.interrupt();

    rig.handlers.end(call, null);

    assertThat(interrupted).containsExactly(false);
    assertThat(flow.frontier()).isEqualTo(6);
  }

  @Test
  void otherKeysGoOnBesideOneThatIsTriedAgain() {
    rig.handlers.end(begin(), new IllegalStateException("down"));
    flow.offer(item(2, "b"));
    flow.offer(item(3, null));

    List<Call> others = rig.handlers.beginAll();
    others.forEach(call -> rig.handlers.end(call, null));

    assertThat(owner.resolved).containsExactly("b@2 HANDLED", "null@3 HANDLED");
    assertThat(flow.frontier()).isZero();
    assertThat(flow.unresolved()).isEqualTo(2);
  }

  private Call begin() {
    return Objects.requireNonNull(rig.handlers.begin());
  }
}
