package dev.sluice.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private final ManualTime time = new ManualTime();
  private final Ledger ledger = Ledger.create(time);
  private final Object resource = new Object();

  @Test
  void countsWhatIsOpenByKindAndOwner() {
    Tracked first = ledger.track("session", "caller-1", resource);
    Tracked second = ledger.track("session", "caller-2", resource);
    Tracked stream = ledger.track("stream", "caller-2", resource);

    assertThat(ledger.open("session")).isEqualTo(2);
    assertThat(ledger.snapshot().owners("session"))
        .containsEntry("caller-1", 1L)
        .containsEntry("caller-2", 1L);

    first.close();
    assertThat(first.isOpen()).isFalse();
    assertThat(ledger.open("session")).isOne();
    assertThat(ledger.isEmpty()).isFalse();

    second.close();
    stream.close();
    assertThat(ledger.isEmpty()).isTrue();
    assertThat(ledger.snapshot().isClean()).isTrue();
  }

  @Test
  void closingTwiceCountsOnce() {
    Tracked kept = ledger.track("session", "caller", resource);
    Tracked closed = ledger.track("session", "caller", resource);

    closed.close();
    closed.close();

    assertThat(ledger.open("session")).isOne();
    kept.close();
  }

  @Test
  void whatIsCollectedUnclosedIsALeakAndLeavesTheLedger() {
    Tracked dropped = ledger.track("connection", "upstream", new byte[16]);

    awaitCollection(() -> ledger.leaks("connection") == 1);

    assertThat(dropped.isOpen()).isFalse();
    assertThat(ledger.isEmpty()).isTrue();
    assertThat(ledger.snapshot().leaks("connection")).isOne();
  }

  @Test
  void aCloseThatComesAfterTheCollectionTakesTheLeakBack() {
    Tracked dropped = ledger.track("connection", "upstream", new byte[16]);
    awaitCollection(() -> ledger.leaks("connection") == 1);

    dropped.close();
    dropped.close();

    assertThat(ledger.leaks("connection")).isZero();
  }

  private int reclaim() {
    Reclaim look = ledger.reclaim();
    while (look.step(1)) {
      assertThat(look.found()).isLessThan(10);
    }
    return look.found();
  }

  /** Ends when it is released, unless it is stuck. */
  private final class Child implements Dependent {
    private final Tracked tracked = ledger.track("session", "connection", this);
    private boolean ownerEnded;
    private boolean stuck;
    private int releases;

    @Override
    public boolean isOrphan() {
      return ownerEnded;
    }

    @Override
    public void release() {
      releases++;
      if (!stuck) {
        tracked.close();
      }
    }
  }

  @Test
  void whatOutlivesItsOwnerIsReleasedAndCountedOnce() {
    var child = new Child();
    var other = new Child();
    assertThat(reclaim()).isZero();
    child.ownerEnded = true;

    assertThat(reclaim()).as("its owner may be ending it now").isZero();
    assertThat(ledger.leaks("session")).isZero();
    assertThat(reclaim()).isOne();
    assertThat(reclaim()).isZero();

    assertThat(child.releases).isOne();
    assertThat(ledger.leaks("session")).isOne();
    assertThat(ledger.open("session")).as("the other").isOne();
    assertThat(other.releases).isZero();
    other.tracked.close();
    assertThat(ledger.isEmpty()).isTrue();
  }

  @Test
  void whatDoesNotEndWhenItIsReleasedStaysInTheLedgerAndIsCountedOnce() {
    var child = new Child();
    child.ownerEnded = true;
    child.stuck = true;
    for (int i = 0; i < 5; i++) {
      assertThat(reclaim()).isLessThan(2);
    }

    assertThat(child.releases).isEqualTo(4);
    assertThat(ledger.leaks("session")).isOne();
    assertThat(ledger.open("session")).isOne();
    child.stuck = false;
    assertThat(reclaim()).isZero();
    assertThat(ledger.isEmpty()).isTrue();
    assertThat(ledger.leaks("session")).isOne();
  }

  @Test
  void whatEndsWithItsOwnerAfterAllIsNoLeak() {
    var child = new Child();
    child.ownerEnded = true;
    assertThat(reclaim()).isZero();

    child.tracked.close();

    assertThat(reclaim()).isZero();
    assertThat(child.releases).isZero();
    assertThat(ledger.snapshot().isClean()).isTrue();
  }

  @Test
  void doesNotKeepWhatItTracksAlive() {
    var kept = new ArrayList<Tracked>();
    WeakReference<Object> watch = trackAndDrop(kept);

    awaitCollection(() -> watch.get() == null);
    kept.forEach(Tracked::close);
  }

  @Test
  void knowsTheAgeOfTheOldestOfEachKind() {
    Tracked old = ledger.track("session", "caller", resource);
    time.advance(Duration.ofSeconds(5));
    Tracked young = ledger.track("session", "caller", resource);

    assertThat(old.age()).isEqualTo(Duration.ofSeconds(5));
    assertThat(ledger.snapshot().oldest("session")).isEqualTo(Duration.ofSeconds(5));

    old.close();
    time.advance(Duration.ofSeconds(1));
    assertThat(ledger.snapshot().oldest("session")).isEqualTo(Duration.ofSeconds(1));
    young.close();
  }

  @Test
  void addsUpTheTalliesOfOneOwner() {
    Tally first = ledger.tally("permit", "sender");
    Tally second = ledger.tally("permit", "sender");
    first.add(3);
    second.add(4);
    second.remove(2);

    assertThat(ledger.snapshot().owners("permit")).containsEntry("sender", 5L);

    first.remove(3);
    second.remove(2);
    assertThat(ledger.isEmpty()).isTrue();
    assertThat(first.close()).isZero();
    assertThat(second.close()).isZero();
  }

  @Test
  void aTallyThatIsClosedWithSomethingOpenReportsItAsLeaked() {
    Tally tally = ledger.tally("delivery", "stream");
    tally.add(3);
    tally.remove(1);

    assertThat(tally.close()).isEqualTo(2);
    assertThat(tally.close()).isZero();

    assertThat(ledger.leaks("delivery")).isEqualTo(2);
    assertThat(ledger.isEmpty()).isTrue();
  }

  @Test
  void aTallyThatIsDroppedUnclosedLeavesTheLedgerAndLeaksWhatItHad() {
    ledger.tally("delivery", "stream").add(2);

    awaitCollection(() -> ledger.leaks("delivery") == 2);

    assertThat(ledger.isEmpty()).isTrue();
  }

  @Test
  void eachReleaseTooManyIsOneFault() {
    Tally tally = ledger.tally("permit", "sender");
    tally.add(1);
    tally.remove(3);

    assertThat(ledger.faults()).isEqualTo(2);
    assertThat(tally.value()).isEqualTo(-2);
    assertThat(ledger.faults()).isEqualTo(2);
    assertThat(ledger.isEmpty()).isFalse();

    tally.remove(1);
    assertThat(tally.close()).isZero();
    assertThat(ledger.faults()).isEqualTo(3);
    assertThat(ledger.leaks("permit")).isZero();
  }

  @Test
  void refusesToCountNegatively() {
    Tally tally = ledger.tally("permit", "sender");

    assertThatThrownBy(() -> tally.add(-1)).hasMessage("n: -1 (expected: >= 0)");
    assertThatThrownBy(() -> tally.remove(-1)).hasMessage("n: -1 (expected: >= 0)");
    tally.close();
  }

  @Test
  void printsATable() {
    Tracked session = ledger.track("session", "caller-1", resource);
    Tally permits = ledger.tally("permit", "sender");
    permits.add(7);
    time.advance(Duration.ofMillis(1500));

    assertThat(ledger.toString())
        .containsPattern("session +1 +0 +1500 ms")
        .containsPattern("caller-1 +1")
        .containsPattern("permit +7 +0")
        .containsPattern("sender +7");

    session.close();
    permits.remove(7);
    permits.close();
    assertThat(ledger.toString()).isEqualTo("nothing open");
  }

  private WeakReference<Object> trackAndDrop(List<Tracked> kept) {
    Object opened = new byte[16];
    kept.add(ledger.track("connection", "upstream", opened));
    return new WeakReference<>(opened);
  }

  private static void awaitCollection(Callable<Boolean> collected) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              System.gc();
              return collected.call();
            });
  }
}
