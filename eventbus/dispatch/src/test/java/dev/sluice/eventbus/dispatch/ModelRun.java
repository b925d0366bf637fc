package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.FailurePolicy.Exhausted;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.eventbus.dispatch.Oracle.State;
import dev.sluice.eventbus.dispatch.Oracle.Work;
import dev.sluice.eventbus.dispatch.SteppedHandlers.Call;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One random life of a dispatcher, step by step beside its oracle. */
final class ModelRun {

  private static final int BYTES = 1000;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long LATEST_INTERRUPT = TIMEOUT.toNanos() + TIMEOUT.toNanos() / 100;

  private final Seeds seeds;
  private final Ledger ledger = Ledger.create();
  private final DispatchOptions options;
  private final Rig rig;
  private final Oracle oracle;
  private final List<ModelPartition> partitions = new ArrayList<>();
  private final Map<Call, Long> begunAt = new HashMap<>();
  private final List<Throwable> problems = new ArrayList<>();
  // Started for a flow that was revoked or stalled since, and not let begin: the oracle does not
  // know which.
  private boolean staleStarts;

  ModelRun(Seeds seeds) {
    this.seeds = seeds;
    int concurrency = seeds.between(1, 6);
    Backoff backoff =
        seeds.chance(30)
            ? Backoff.fixed(Duration.ZERO)
            : new Backoff(Duration.ofMillis(10), 2, Duration.ofSeconds(1));
    this.options =
        new DispatchOptions(
            "orders",
            concurrency,
            concurrency + seeds.between(0, 30),
            BYTES,
            TIMEOUT,
            new FailurePolicy(seeds.between(1, 3), backoff, seeds.pick(Exhausted.values())));
    this.rig = new Rig(options, ledger);
    this.oracle = new Oracle(concurrency);
    rig.handlers.onLeaving = this::leaving;
    for (int each = seeds.between(1, 4); each > 0; each--) {
      partitions.add(new ModelPartition("orders-" + each, oracle, seeds, BYTES));
    }
  }

  void step() {
    switch (seeds.between(0, 11)) {
      case 0 -> rebalance(seeds.pick(partitions));
      case 1, 2, 3 -> offer(seeds.pick(partitions));
      case 4, 5, 6 -> begin(seeds.between(1, 4));
      case 7, 8, 9 -> endOne();
      case 10 -> advance(Duration.ofMillis(seeds.between(1, 8000)));
      default -> intervene();
    }
    check();
  }

  private void rebalance(ModelPartition partition) {
    if (partition.flow == null) {
      partition.assign(rig.dispatcher);
    } else {
      staleStarts = rig.handlers.waiting() > 0;
      partition.revoke();
    }
  }

  private void offer(ModelPartition partition) {
    boolean taken = true;
    for (int each = seeds.between(1, 8); each > 0 && taken; each--) {
      taken = partition.offer();
    }
  }

  private void begin(int count) {
    for (int each = count; each > 0 && rig.handlers.waiting() > 0; each--) {
      Call call = rig.handlers.begin();
      if (call != null) {
        begunAt.put(call, rig.clock.nanoTime());
        oracle.began(call);
      }
    }
    staleStarts &= rig.handlers.waiting() > 0;
  }

  private void endOne() {
    if (!rig.handlers.running.isEmpty()) {
      rig.target.mood = seeds.pick(Target.Mood.values());
      rig.handlers.end(seeds.pick(rig.handlers.running), seeds.chance(35) ? failure() : null);
    }
  }

  private Throwable failure() {
    return seeds.pick(
        new IllegalStateException("failed"),
        new PermanentFailureException("poison"),
        new AssertionError("failed"),
        new StackOverflowError(),
        new InterruptedException());
  }

  private void leaving(Call call, boolean interrupted, @Nullable Throwable outcome) {
    try {
      Work work = oracle.ended(call);
      if (work != null) {
        long took = rig.clock.nanoTime() - Objects.requireNonNull(begunAt.get(call));
        assertThat(took).isBetween(interrupted ? TIMEOUT.toNanos() : 0, 1L << 62);
        assertThat(interrupted || took <= LATEST_INTERRUPT).as("interrupted").isTrue();
        if (interrupted || outcome != null) {
          failed(work, !interrupted && outcome instanceof PermanentFailureException);
        }
      }
    } catch (Throwable problem) {
      problems.add(problem);
    }
  }

  private void failed(Work work, boolean permanent) {
    work.failed++;
    if (permanent || work.failed >= options.policy().attempts()) {
      work.state =
          switch (options.policy().then()) {
            case DEAD_LETTER -> State.BURYING;
            case PARK -> State.PARKED;
            case STALL -> State.STALLED;
          };
      staleStarts |= work.state == State.STALLED && rig.handlers.waiting() > 0;
    } else {
      work.dueNanos =
          rig.clock.nanoTime() + options.policy().backoff().after(work.failed).toNanos();
      work.state = State.RESTING;
      oracle.now(rig.clock.nanoTime());
    }
  }

  private void advance(Duration time) {
    rig.target.mood = seeds.pick(Target.Mood.values());
    rig.clock.advance(time);
    oracle.now(rig.clock.nanoTime());
  }

  private void intervene() {
    if (seeds.chance(50) && !rig.target.hanging.isEmpty()) {
      Target.Asked asked = seeds.pick(rig.target.hanging);
      rig.target.hanging.remove(asked);
      if (seeds.chance(70)) {
        asked.answer().complete("stored");
      } else {
        asked.answer().completeExceptionally(new IllegalStateException("late"));
      }
    }
    List<Parked> parked = rig.dispatcher.parked();
    if (!parked.isEmpty()) {
      release(seeds.pick(parked));
    }
  }

  private void release(Parked parked) {
    if (seeds.chance(50)) {
      oracle.retried(parked);
      assertThat(rig.dispatcher.retry(parked)).isTrue();
    } else {
      assertThat(rig.dispatcher.skip(parked)).isTrue();
    }
    assertThat(rig.dispatcher.retry(parked)).isFalse();
    assertThat(rig.dispatcher.skip(parked)).isFalse();
  }

  private void check() {
    assertThat(problems).isEmpty();
    partitions.forEach(ModelPartition::check);
    assertThat(places(rig.dispatcher.parked())).isEqualTo(places(oracle.parked()));
    DispatchSnapshot now = rig.dispatcher.inspect();
    int flows = partitions.size();
    assertThat(oracle.all.size()).isLessThanOrEqualTo(options.maxMessages() + flows);
    assertThat(now.bytes())
        .isEqualTo(oracle.all.stream().mapToLong(work -> work.item.bytes()).sum())
        .isLessThanOrEqualTo(BYTES + flows * 2L * BYTES);
    if (!staleStarts) {
      oracle.checkThatNothingIdles(rig.handlers.waiting());
    }
  }

  private static Set<Parked> places(List<Parked> parked) {
    var places = new HashSet<Parked>();
    for (Parked each : parked) {
      places.add(
          new Parked(
              each.flow(), each.offset(), each.key(), each.wholeFlow(), each.attempts(), ""));
    }
    return places;
  }

  /** All goes well from here on: then all must be resolved, and nothing left. */
  void finish() {
    for (int round = 0; !isOver(); round++) {
      assertThat(round).as("rounds without an end: %s", rig.dispatcher.inspect()).isLessThan(500);
      for (ModelPartition partition : partitions) {
        if (partition.flow == null) {
          partition.assign(rig.dispatcher);
        }
        // Only what it is told of keeps it going.
        boolean taken = !partition.isRefused();
        while (taken) {
          taken = partition.offer();
        }
      }
      begin(Integer.MAX_VALUE);
      while (!rig.handlers.running.isEmpty()) {
        rig.handlers.end(seeds.pick(rig.handlers.running), null);
      }
      rig.target.mood = Target.Mood.UP;
      rig.target.hanging.forEach(asked -> asked.answer().complete("stored"));
      rig.target.hanging.clear();
      rig.dispatcher.parked().forEach(this::release);
      rig.clock.advance(Duration.ofSeconds(31));
      oracle.now(rig.clock.nanoTime());
      check();
    }
    checkThatNothingIsLeft();
  }

  private boolean isOver() {
    return rig.handlers.running.isEmpty()
        && rig.handlers.waiting() == 0
        && partitions.stream()
            .allMatch(each -> each.flow != null && each.isAtEnd() && each.flow.unresolved() == 0);
  }

  private void checkThatNothingIsLeft() {
    for (ModelPartition partition : partitions) {
      for (Item<String> item : partition.log) {
        assertThat(oracle.wasResolved(partition.name, item.offset())).as("%s", item).isTrue();
      }
    }
    assertThat(rig.dispatcher.mailboxes()).isZero();
    assertThat(rig.dispatcher.inspect().running()).isZero();
    assertThat(rig.dispatcher.inspect().waiting()).isZero();
    assertThat(rig.dispatcher.close(Deadline.after(TIMEOUT, rig.clock)).clean()).isTrue();
    assertThat(rig.clock.pending()).as("timers").isZero();
    assertThat(ledger.isEmpty()).isTrue();
  }
}
