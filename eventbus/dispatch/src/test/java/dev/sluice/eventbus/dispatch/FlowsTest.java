package dev.sluice.eventbus.dispatch;

import static dev.sluice.eventbus.dispatch.Rig.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What flows take, and what becomes of them beside each other. */
class FlowsTest {

  private final Ledger ledger;
  private final Told owner = new Told();
  private final Told otherOwner = new Told();

  FlowsTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @Test
  void bytesAreBoundedAndRoomIsToldWhenItemsAreResolved() {
    Rig rig = rig(10, 1000, 1000, FailurePolicy.retry(Rig.BACKOFF));
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    int taken = 0;
    while (flow.offer(item(taken, "a", 100))) {
      taken++;
    }
    assertThat(taken).isEqualTo(5);
    assertThat(rig.dispatcher.inspect().bytes()).isEqualTo(500);
    assertThat(flow.offer(item(5, "a", 100))).isFalse();

    rig.handlers.end(rig.handlers.beginAll().getFirst(), null);

    assertThat(owner.rooms).as("told once of two refusals").isEqualTo(1);
    assertThat(flow.offer(item(5, "a", 100))).isTrue();
    finish(rig, flow);
  }

  @Test
  void anItemThatIsLargerThanAllBoundsIsTakenAlone() {
    Rig rig = rig(10, 1000, 1000, FailurePolicy.retry(Rig.BACKOFF));
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);

    assertThat(flow.offer(item(0, "a", 1_000_000))).isTrue();
    assertThat(flow.offer(item(1, "b", 1))).isFalse();
    rig.handlers.runAll();
    assertThat(owner.rooms).isEqualTo(1);
    assertThat(flow.offer(item(1, "b", 1))).isTrue();
    finish(rig, flow);
  }

  @Test
  void aStalledFlowDoesNotStarveOthers() {
    Rig rig = rig(10, 200, 1_000_000, FailurePolicy.stall(1, Rig.BACKOFF));
    Flow<String> stalled = rig.dispatcher.open("orders-0", owner);
    stalled.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), new IllegalStateException("poison"));
    fill(stalled, 1, "b");

    Flow<String> other = rig.dispatcher.open("orders-1", otherOwner);
    assertThat(fill(other, 0, null)).isEqualTo(50);
    assertThat(rig.handlers.waiting()).as("all that may run, run for the other").isEqualTo(10);
    rig.handlers.runAll();

    assertThat(other.unresolved()).isZero();
    assertThat(otherOwner.rooms).isEqualTo(1);
    assertThat(owner.rooms).as("nothing more of it would start").isZero();
    finish(rig, stalled);
  }

  @Test
  void whatWaitsBehindAParkedKeyDoesNotStarveOtherFlows() {
    Rig rig = rig(10, 200, 1_000_000, FailurePolicy.park(1, Rig.BACKOFF));
    Flow<String> parked = rig.dispatcher.open("orders-0", owner);
    parked.offer(item(0, "a"));
    rig.handlers.end(rig.handlers.beginAll().getFirst(), new IllegalStateException("poison"));
    fill(parked, 1, "a");

    Flow<String> other = rig.dispatcher.open("orders-1", otherOwner);
    for (int offset = 0; offset < 1000; offset++) {
      assertThat(other.offer(item(offset, "b"))).isTrue();
      rig.handlers.runAll();
    }
    assertThat(other.frontier()).isEqualTo(1000);
    finish(rig, parked);
  }

  @Test
  void aBusyFlowLeavesOthersTheirTurn() {
    Rig rig = rig(2, 1000, 1_000_000, FailurePolicy.retry(Rig.BACKOFF));
    Flow<String> busy = rig.dispatcher.open("busy", owner);
    fill(busy, 0, null);
    Flow<String> other = rig.dispatcher.open("other", otherOwner);
    other.offer(item(0, "a"));
    other.offer(item(1, "b"));

    for (int step = 0; step < 5; step++) {
      rig.handlers.end(Objects.requireNonNull(rig.handlers.begin()), null);
    }

    assertThat(otherOwner.resolved).hasSizeGreaterThanOrEqualTo(1);
    assertThat(owner.resolved).hasSizeGreaterThanOrEqualTo(3);
    other.revoke();
    finish(rig, busy);
  }

  @Test
  void aBusyKeyLeavesOthersTheirTurn() {
    Rig rig = rig(1, 1000, 1_000_000, FailurePolicy.retry(Rig.BACKOFF));
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    flow.offer(item(1, "a"));
    flow.offer(item(2, "a"));
    flow.offer(item(3, "b"));

    rig.handlers.runAll();

    assertThat(owner.resolved)
        .containsExactly("a@0 HANDLED", "b@3 HANDLED", "a@1 HANDLED", "a@2 HANDLED");
    finish(rig, flow);
  }

  @Test
  void aHundredThousandKeysLeaveNoMailboxes() {
    Rig rig = rig(10, 200_001, 1_000_000, FailurePolicy.retry(Rig.BACKOFF));
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    for (int offset = 0; offset < 100_000; offset++) {
      assertThat(flow.offer(new Item<>(offset, "key" + offset, 1, "m"))).isTrue();
    }
    assertThat(rig.dispatcher.mailboxes()).isEqualTo(100_000);
    rig.handlers.runAll();

    assertThat(flow.frontier()).isEqualTo(100_000);
    assertThat(rig.dispatcher.mailboxes()).isZero();
    assertThat(rig.dispatcher.inspect().running()).isZero();
    finish(rig, flow);
  }

  @Test
  void anOwnerThatThrowsChangesNothing() {
    Rig rig = rig(1, 2, 1_000_000, FailurePolicy.retry(Rig.BACKOFF));
    List<String> told = new ArrayList<>();
    Flow<String> flow =
        rig.dispatcher.open(
            "orders-0",
            new FlowOwner<>() {
              @Override
              public void onRoom() {
                told.add("room");
                throw new IllegalStateException("room");
              }

              @Override
              public void onResolved(Item<String> item, Resolution resolution) {
                told.add(item.message());
                throw new StackOverflowError("resolved");
              }
            });
    flow.offer(item(0, "a"));
    assertThat(flow.offer(item(1, "a"))).isFalse();
    rig.handlers.runAll();
    flow.offer(item(1, "a"));
    rig.handlers.runAll();

    assertThat(told).containsExactly("a@0", "room", "a@1");
    assertThat(flow.frontier()).isEqualTo(2);
    finish(rig, flow);
  }

  @Test
  void anOffsetThatIsNotAboveTheOneBeforeIsRefused() {
    Rig rig = rig(1, 10, 1_000_000, FailurePolicy.retry(Rig.BACKOFF));
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(4, "a"));

    assertThatThrownBy(() -> flow.offer(item(4, "b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("offset: 4 (expected: >= 5)");
    finish(rig, flow);
  }

  @Test
  void aHandlerForWhichThereIsNoThreadIsStartedLaterAndHasNotFailed() {
    Rig rig = rig(1, 10, 1_000_000, FailurePolicy.park(1, Rig.BACKOFF));
    rig.handlers.refusing = new RejectedExecutionException("no thread");
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(0, "a"));
    assertThat(rig.dispatcher.inspect().running()).isZero();

    rig.handlers.refusing = null;
    rig.clock.advance(Duration.ofSeconds(1));

    assertThat(rig.handlers.beginAll()).hasToString("[a@0 attempt 1]");
    finish(rig, flow);
  }

  @Test
  void tellsHowLongTheOldestHasBeenThere() {
    Rig rig = rig(1, 10, 1_000_000, FailurePolicy.retry(Rig.BACKOFF));
    Flow<String> flow = rig.dispatcher.open("orders-0", owner);
    flow.offer(item(4, "a"));
    rig.clock.advance(Duration.ofSeconds(3));
    flow.offer(item(9, "b"));

    DispatchSnapshot now = rig.dispatcher.inspect();

    assertThat(now.flows())
        .containsExactly(
            new DispatchSnapshot.FlowSnapshot("orders-0", 4, 2, Duration.ofSeconds(3), "a", false));
    assertThat(now.running()).isOne();
    assertThat(now.waiting()).isOne();
    finish(rig, flow);
  }

  private static int fill(Flow<String> flow, int from, @Nullable String key) {
    int offset = from;
    while (flow.offer(item(offset, key))) {
      offset++;
    }
    return offset - from;
  }

  private Rig rig(int concurrency, int messages, long bytes, FailurePolicy policy) {
    return new Rig(
        new DispatchOptions("orders", concurrency, messages, bytes, Rig.TIMEOUT, policy), ledger);
  }

  private static void finish(Rig rig, Flow<String> flow) {
    flow.revoke();
    rig.handlers.runAll();
    rig.handlers.endAll();
    rig.dispatcher.close();
    assertThat(rig.clock.pending()).as("timers").isZero();
  }
}
