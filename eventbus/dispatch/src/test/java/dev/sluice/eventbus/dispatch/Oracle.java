package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher should do, said in the plainest way: lists that are searched from the front. It
 * is told of every step and checks that the dispatcher's next one is allowed.
 */
final class Oracle {

  /** A flow; another one when the same partition is opened again. */
  static final class Stream {
    final String name;
    final TreeMap<Long, Work> unresolved = new TreeMap<>();
    long end = -1;
    boolean revoked;

    Stream(String name) {
      this.name = name;
    }

    long frontier() {
      return unresolved.isEmpty() ? end : unresolved.firstKey();
    }

    boolean isStalled() {
      return unresolved.values().stream().anyMatch(work -> work.state == State.STALLED);
    }
  }

  enum State {
    WAITING,
    RUNNING,
    RESTING,
    BURYING,
    PARKED,
    STALLED
  }

  /** An item that was taken. */
  static final class Work {
    final Stream stream;
    final Item<String> item;
    State state = State.WAITING;
    int failed;

    /** When it has rested. */
    long dueNanos;

    Work(Stream stream, Item<String> item) {
      this.stream = stream;
      this.item = item;
    }

    boolean isOf(@Nullable String key) {
      return key != null && key.equals(item.key());
    }
  }

  private final int concurrency;
  // In the order in which they were taken.
  final List<Work> all = new ArrayList<>();
  // Partitions may have items that are equal.
  private final IdentityHashMap<Item<String>, Work> byItem = new IdentityHashMap<>();
  private final Map<SteppedHandlers.Call, Work> running = new LinkedHashMap<>();
  private final Map<String, Set<Long>> resolvedEver = new HashMap<>();

  Oracle(int concurrency) {
    this.concurrency = concurrency;
  }

  void taken(Stream stream, Item<String> item) {
    Work work = new Work(stream, item);
    all.add(work);
    byItem.put(item, work);
    stream.unresolved.put(item.offset(), work);
    stream.end = item.offset() + 1;
  }

  /** A handler was called: it may, if nothing before it or beside it is of its key. */
  void began(SteppedHandlers.Call call) {
    Work work = find(call.item);
    String key = call.item.key();
    assertThat(running.values()).as("beside %s", call).noneMatch(other -> other.isOf(key));
    assertThat(work.state).as("%s", call).isEqualTo(State.WAITING);
    assertThat(firstOf(work)).as("before %s", call).isSameAs(work);
    assertThat(call.attempt).as("attempt of %s", call).isEqualTo(work.failed + 1);
    work.state = State.RUNNING;
    running.put(call, work);
    assertThat(running.size()).isLessThanOrEqualTo(concurrency);
  }

  private Work find(Item<String> item) {
    return Objects.requireNonNull(byItem.get(item), item::toString);
  }

  private Work firstOf(Work work) {
    String key = work.item.key();
    return key == null
        ? work
        : all.stream().filter(other -> other.isOf(key)).findFirst().orElseThrow();
  }

  /** A handler ended. What it was at, if that still counts. */
  @Nullable Work ended(SteppedHandlers.Call call) {
    Work work = Objects.requireNonNull(running.remove(call));
    return work.stream.revoked ? null : work;
  }

  void resolved(Item<String> item, Resolution how) {
    Work work = find(item);
    Resolution expected =
        switch (work.state) {
          case RUNNING -> Resolution.HANDLED;
          case BURYING -> Resolution.DEAD_LETTERED;
          case PARKED, STALLED -> Resolution.SKIPPED;
          case WAITING, RESTING -> throw new AssertionError(work.state + ": " + item + " " + how);
        };
    assertThat(how).as("%s", item).isEqualTo(expected);
    assertThat(running.containsValue(work)).as("%s is in its handler", item).isFalse();
    assertThat(firstOf(work)).as("resolved before %s", item).isSameAs(work);
    assertThat(work.stream.unresolved.remove(item.offset())).isSameAs(work);
    all.remove(work);
    resolvedEver.computeIfAbsent(work.stream.name, any -> new HashSet<>()).add(item.offset());
  }

  /** Time has passed. */
  void now(long nanos) {
    for (Work work : all) {
      if (work.state == State.RESTING && nanos >= work.dueNanos) {
        work.state = State.WAITING;
      }
    }
  }

  void revoked(Stream stream) {
    stream.revoked = true;
    all.removeAll(stream.unresolved.values());
  }

  /** What waits for somebody is tried again. */
  void retried(Parked parked) {
    for (Work work : all) {
      if (work.item.offset() == parked.offset() && work.stream.name.equals(parked.flow())) {
        work.state = State.WAITING;
        work.failed = 0;
      }
    }
  }

  /** What waits for somebody. */
  List<Parked> parked() {
    return all.stream()
        .filter(work -> work.state == State.PARKED || work.state == State.STALLED)
        .map(Oracle::parked)
        .toList();
  }

  private static Parked parked(Work work) {
    Item<String> item = work.item;
    boolean whole = work.state == State.STALLED;
    return new Parked(work.stream.name, item.offset(), item.key(), whole, work.failed, "");
  }

  boolean wasResolved(String partition, long offset) {
    return resolvedEver.getOrDefault(partition, Set.of()).contains(offset);
  }

  /**
   * What may start was started, as far as there are slots.
   *
   * @param started and waiting for the test to let them begin
   */
  void checkThatNothingIdles(int started) {
    long startable = all.stream().filter(this::mayStart).count();
    int free = concurrency - running.size();
    assertThat((long) started).as("started").isEqualTo(Math.min(free, startable));
  }

  private boolean mayStart(Work work) {
    String key = work.item.key();
    return work.state == State.WAITING
        && !work.stream.isStalled()
        && firstOf(work) == work
        && running.values().stream().noneMatch(other -> other.isOf(key));
  }
}
