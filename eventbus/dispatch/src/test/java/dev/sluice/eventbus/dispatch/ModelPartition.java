package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.dispatch.Oracle.Stream;
import dev.sluice.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A partition's log, and who reads it: what is committed is where the next flow begins. */
final class ModelPartition implements FlowOwner<String> {

  final String name;
  final List<Item<String>> log = new ArrayList<>();
  @Nullable Flow<String> flow;
  @Nullable Stream stream;

  /** What calls found wrong: who calls them does not care for exceptions. */
  final List<Throwable> problems = new ArrayList<>();

  private final Oracle oracle;
  private int position;
  private boolean refused;
  private long committed = -1;

  ModelPartition(String name, Oracle oracle, Seeds seeds, int maxBytes) {
    this.name = name;
    this.oracle = oracle;
    long offset = seeds.between(0, 3);
    int length = seeds.between(0, 40);
    int keys = seeds.between(1, 8);
    for (int each = 0; each < length; each++) {
      String key = seeds.chance(10) ? null : "key" + seeds.between(1, keys);
      int bytes = seeds.chance(5) ? 2 * maxBytes : seeds.between(1, maxBytes / 8);
      log.add(Rig.item(offset, key, bytes));
      offset += seeds.chance(70) ? 1 : seeds.between(2, 1000);
    }
  }

  @Override
  public void onRoom() {
    if (!refused) {
      problems.add(new AssertionError(name + " was told of room without having been refused"));
    }
    refused = false;
  }

  @Override
  public void onResolved(Item<String> item, Resolution resolution) {
    try {
      oracle.resolved(item, resolution);
    } catch (Throwable problem) {
      problems.add(problem);
    }
  }

  void assign(KeyedDispatcher<String> dispatcher) {
    stream = new Stream(name);
    refused = false;
    position = 0;
    while (position < log.size() && log.get(position).offset() < committed) {
      position++;
    }
    flow = dispatcher.open(name, this);
  }

  void revoke() {
    Flow<String> ending = flow;
    Stream ended = stream;
    if (ending != null && ended != null) {
      oracle.revoked(ended);
      refused = false;
      long end = ending.revoke();
      assertThat(end).as("frontier of %s at its end", name).isEqualTo(ended.frontier());
      assertThat(ending.offer(Rig.item(Long.MAX_VALUE - 1, "late"))).isFalse();
      committed = Math.max(committed, end);
      flow = null;
      stream = null;
    }
  }

  /** Offers the next one; false if there is none or it was refused. */
  boolean offer() {
    Flow<String> open = flow;
    Stream to = stream;
    if (open == null || to == null || isAtEnd()) {
      return false;
    }
    Item<String> next = log.get(position);
    // Each time that it is read it is another one, as from a broker.
    var item = new Item<>(next.offset(), next.key(), next.bytes(), next.message());
    if (!open.offer(item)) {
      assertThat(to.unresolved).as("what is unresolved of %s, which is refused", name).isNotEmpty();
      refused = true;
      return false;
    }
    refused = false;
    oracle.taken(to, item);
    position++;
    return true;
  }

  boolean isAtEnd() {
    return position == log.size();
  }

  boolean isRefused() {
    return refused;
  }

  void check() {
    assertThat(problems).isEmpty();
    Flow<String> open = flow;
    Stream expected = stream;
    if (open != null && expected != null) {
      assertThat(open.frontier()).as("frontier of %s", name).isEqualTo(expected.frontier());
      assertThat(open.unresolved()).isEqualTo(expected.unresolved.size());
    }
  }
}
