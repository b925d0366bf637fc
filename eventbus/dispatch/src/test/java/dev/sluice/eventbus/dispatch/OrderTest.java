package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Order within keys, on real threads and with handlers that fail at random. */
class OrderTest {

  private static final int ITEMS = 20_000;
  private static final int CONCURRENCY = 32;

  private final Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
  private final Map<String, Queue<Long>> handled = new ConcurrentHashMap<>();
  private final Map<String, Queue<Long>> told = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Semaphore room = new Semaphore(0);
  private final AtomicInteger failures = new AtomicInteger();

  @Test
  void nothingOverlapsOrOvertakesWithinAKeyWhateverItsHash(Seeds seeds, Ledger ledger)
      throws Exception {
    List<String> keys = keys();
    int salt = seeds.anyInt();
    KeyedDispatcher<Integer> dispatcher =
        KeyedDispatcher.create(
            new DispatchOptions(
                "orders",
                CONCURRENCY,
                500,
                1_000_000,
                Duration.ofSeconds(30),
                FailurePolicy.retry(new Backoff(Duration.ZERO, 1, Duration.ZERO))),
            (item, attempt) -> handle(item, attempt, salt),
            (item, attempts, last) -> {
              throw new AssertionError("nothing is dead-lettered");
            },
            ledger);
    Flow<Integer> flow = dispatcher.open("orders-0", new Owner());
    Map<String, List<Long>> sent = new HashMap<>();
    long offset = 0;
    for (int each = 0; each < ITEMS; each++) {
      String key = seeds.pick(keys);
      var item = new Item<>(offset, key, 1, each);
      while (!flow.offer(item)) {
        assertThat(room.tryAcquire(60, TimeUnit.SECONDS)).as("told of room").isTrue();
      }
      sent.computeIfAbsent(key, any -> new ArrayList<>()).add(offset);
      offset += seeds.between(1, 3);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> flow.unresolved() == 0);
    assertThat(dispatcher.close(Deadline.after(Duration.ofSeconds(30))).clean()).isTrue();

    assertThat(wrong).isEmpty();
    sent.forEach(
        (key, offsets) -> {
          assertThat(handled.get(key)).as("handled of %s", key).containsExactlyElementsOf(offsets);
          assertThat(told.get(key)).as("told of %s", key).containsExactlyElementsOf(offsets);
        });
    assertThat(failures).hasValueGreaterThan(ITEMS / 10);
    assertThat(dispatcher.inspect().retries()).isEqualTo(failures.get());
  }

  /** Many of one hash, and hashes at both ends of their range. */
  private static List<String> keys() {
    var keys = new ArrayList<String>();
    for (int bits = 0; bits < 16; bits++) {
      var key = new StringBuilder();
      for (int bit = 0; bit < 4; bit++) {
        key.append((bits >> bit & 1) == 0 ? "Aa" : "BB");
      }
      keys.add(key.toString());
    }
    assertThat(keys.stream().map(String::hashCode).distinct()).hasSize(1);
    // Those of the last ones are zero, and the least that there is.
    keys.addAll(List.of("", "\0", "\0\0", "polygenelubricants"));
    assertThat("polygenelubricants".hashCode()).isEqualTo(Integer.MIN_VALUE);
    return keys;
  }

  private void handle(Item<Integer> item, int attempt, int salt) {
    String key = Objects.requireNonNull(item.key());
    if (inside.computeIfAbsent(key, any -> new AtomicInteger()).incrementAndGet() != 1) {
      wrong.add("two of " + key);
    }
    if (item.offset() % 8 == 0) {
      // Lets others run meanwhile.
      LockSupport.parkNanos(1);
    }
    boolean fails =
        attempt < 4 && new SplittableRandom(salt + 31L * item.offset() + attempt).nextInt(4) == 0;
    if (!fails) {
      offsets(handled, key).add(item.offset());
    }
    Objects.requireNonNull(inside.get(key)).decrementAndGet();
    if (fails) {
      failures.incrementAndGet();
      throw new IllegalStateException("at random");
    }
  }

  private static Queue<Long> offsets(Map<String, Queue<Long>> of, String key) {
    return of.computeIfAbsent(key, any -> new ConcurrentLinkedQueue<>());
  }

  private final class Owner implements FlowOwner<Integer> {
    @Override
    public void onRoom() {
      room.release();
    }

    @Override
    public void onResolved(Item<Integer> item, Resolution resolution) {
      offsets(told, Objects.requireNonNull(item.key())).add(item.offset());
    }
  }
}
