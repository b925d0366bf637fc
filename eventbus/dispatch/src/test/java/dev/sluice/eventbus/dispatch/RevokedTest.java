package dev.sluice.eventbus.dispatch;

import static dev.sluice.eventbus.dispatch.Rig.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.dispatch.SteppedHandlers.Call;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions that are taken away, and given back. */
class RevokedTest {

  private final Ledger ledger;
  private final Rig rig;
  private final Told first = new Told();
  private final Told second = new Told();

  RevokedTest(Ledger ledger) {
    this.ledger = ledger;
    this.rig = new Rig(FailurePolicy.retry(Rig.BACKOFF), ledger);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theResultOfAZombieNeitherCommitsNorResolves(boolean succeeds) {
    Flow<String> flow = rig.dispatcher.open("orders-0", first);
    flow.offer(item(0, "a"));
    flow.offer(item(1, "a"));
    flow.offer(item(2, "b"));
    Call zombie = rig.handlers.beginAll().getFirst();

    // Taken away in mid-handler, which takes no notice; given to others and back.
    assertThat(flow.revoke()).isZero();
    Flow<String> again = rig.dispatcher.open("orders-0", second);
    again.offer(item(0, "a"));
    again.offer(item(1, "a"));
    assertThat(rig.handlers.waiting()).as("beside the zombie").isZero();
    assertThat(rig.dispatcher.inspect().overdue()).isEqualTo(2);

    rig.handlers.end(zombie, succeeds ? null : new IllegalStateException("interrupted"));

    assertThat(first.resolved).isEmpty();
    assertThat(second.resolved).isEmpty();
    assertThat(flow.frontier()).isZero();
    assertThat(again.frontier()).isZero();
    assertThat(rig.dispatcher.inspect().discarded()).isOne();
    assertThat(rig.dispatcher.inspect().handled()).isZero();

    rig.handlers.end(rig.handlers.running.getFirst(), null);
    rig.handlers.runAll();
    assertThat(second.resolved).containsExactly("a@0 HANDLED", "a@1 HANDLED");
    assertThat(again.frontier()).isEqualTo(2);
    close();
  }

  @Test
  void whatWaitsIsDroppedAndItsPlaceFree() {
    Flow<String> flow = rig.dispatcher.open("orders-0", first);
    for (int offset = 0; offset < 100; offset++) {
      flow.offer(item(offset, "key" + offset % 20));
    }
    assertThat(rig.handlers.waiting()).isEqualTo(10);

    flow.revoke();

    DispatchSnapshot now = rig.dispatcher.inspect();
    assertThat(now.waiting()).isZero();
    assertThat(now.bytes()).isZero();
    assertThat(now.flows()).isEmpty();
    assertThat(flow.unresolved()).isZero();
    assertThat(flow.offer(item(100, "a"))).isFalse();
    assertThat(rig.handlers.beginAll()).as("started, and not begun").isEmpty();
    assertThat(rig.dispatcher.inspect().discarded()).as("there were no results").isZero();
    assertThat(rig.dispatcher.mailboxes()).isZero();
    close();
  }

  @Test
  void itemsOfOneKeyInTwoFlowsAreHandledInTheOrderInWhichTheyWereTaken() {
    Flow<String> flow = rig.dispatcher.open("orders-0", first);
    Flow<String> other = rig.dispatcher.open("orders-1", second);
    flow.offer(item(7, "a"));
    other.offer(item(3, "a"));
    flow.offer(item(8, "a"));
    Call call = rig.handlers.beginAll().getFirst();
    assertThat(rig.handlers.waiting()).isZero();

    flow.revoke();
    assertThat(rig.handlers.waiting()).as("beside the zombie").isZero();
    rig.handlers.end(call, null);
    rig.handlers.runAll();

    assertThat(second.resolved).containsExactly("a@3 HANDLED");
    assertThat(first.resolved).isEmpty();
    close();
  }

  @Test
  void aRetryThatWaitsEndsWithItsFlow() {
    Flow<String> flow = rig.dispatcher.open("orders-0", first);
    flow.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), new IllegalStateException("down"));

    flow.revoke();
    rig.clock.advance(Rig.BACKOFF.longest());

    assertThat(rig.handlers.waiting()).isZero();
    assertThat(rig.dispatcher.mailboxes()).isZero();
    close();
  }

  @Test
  void aZombieKeepsNothingElseOfItsFlowInMemory() {
    Flow<String> flow = rig.dispatcher.open("orders-0", first);
    flow.offer(item(0, "a"));
    List<WeakReference<String>> messages = new ArrayList<>();
    for (int offset = 1; offset <= 3; offset++) {
      String message = "x".repeat(1000 + offset);
      messages.add(new WeakReference<>(message));
      flow.offer(new Item<>(offset, offset == 3 ? "b" : "a", 1, message));
    }
    Call zombie = rig.handlers.beginAll().getFirst();
    rig.handlers.end(rig.handlers.running.getLast(), new IllegalStateException("down"));

    flow.revoke();

    await()
        .until(
            () -> {
              System.gc();
              return messages.stream().allMatch(each -> each.refersTo(null));
            });
    rig.handlers.end(zombie, null);
    close();
  }

  @Test
  void revokingTwiceSaysTheSame() {
    Flow<String> flow = rig.dispatcher.open("orders-0", first);
    flow.offer(item(5, "a"));
    rig.handlers.runAll();

    assertThat(flow.revoke()).isEqualTo(6);
    assertThat(flow.revoke()).isEqualTo(6);
    assertThat(flow.frontier()).isEqualTo(6);
    close();
  }

  @Test
  void aHandlerIsInterruptedWhenItsFlowIsRevoked() throws Exception {
    var entered = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    KeyedDispatcher<String> dispatcher =
        KeyedDispatcher.create(
            Rig.options(FailurePolicy.retry(Rig.BACKOFF)),
            (item, attempt) -> {
              entered.countDown();
              try {
                new CountDownLatch(1).await();
              } finally {
                interrupted.countDown();
              }
            },
            rig.target,
            ledger);
    Flow<String> flow = dispatcher.open("orders-0", first);
    flow.offer(item(0, "a"));
    assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();

    flow.revoke();

    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(dispatcher.close(Deadline.after(Rig.TIMEOUT)).clean()).isTrue();
    close();
  }

  private void close() {
    rig.dispatcher.close();
    assertThat(rig.clock.pending()).as("timers").isZero();
  }
}
