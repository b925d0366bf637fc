package dev.sluice.eventbus.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.BusSnapshot.Health;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.MemoryBroker;
import dev.sluice.eventbus.MemoryOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryClusterTest {

  private static final SubscribeOptions HOW =
      SubscribeOptions.of(FailurePolicy.retry(Backoff.standard()));

  private final List<EventBus> open = new ArrayList<>();
  private Ledger ledger;

  @BeforeEach
  void useTheLedger(Ledger checked) {
    ledger = checked;
  }

  @AfterEach
  void closeAll() {
    open.forEach(EventBus::close);
  }

  private EventBus start(MemoryCluster cluster, String group, String member, String... topics) {
    EventBus bus =
        EventBus.create(
            MemoryOptions.of(BusOptions.of(group, topics)).member(member, cluster), ledger);
    open.add(bus);
    bus.start();
    return bus;
  }

  private static long offset(EventBus bus, String topic) {
    return bus.publish(topic, OutboundMessage.of("k", new byte[100])).join().offset();
  }

  private static Category refusal(EventBus bus, String topic, int bytes) {
    try {
      bus.publish(topic, OutboundMessage.of("k", new byte[bytes])).join();
      throw new AssertionError("was published");
    } catch (CompletionException e) {
      return e.getCause() instanceof EventBusException known ? known.category() : Category.INTERNAL;
    }
  }

  @Test
  void aFullPartitionDropsWhatAllGroupsHaveHandledAndOtherwiseRefuses() {
    MemoryCluster cluster = MemoryCluster.create(1, 10, 1 << 20);
    EventBus fast = start(cluster, "fast", "m", "t");
    EventBus slow = start(cluster, "slow", "m", "t");
    Queue<Long> handled = new ConcurrentLinkedQueue<>();
    fast.subscribe("t", HOW, message -> handled.add(message.offset()));
    for (int i = 0; i < 10; i++) {
      offset(fast, "t");
    }
    await().until(() -> lag(fast) == 0);

    assertThat(refusal(fast, "t", 1)).isEqualTo(Category.OVERLOADED);
    Queue<Long> late = new ConcurrentLinkedQueue<>();
    slow.subscribe("t", HOW, message -> late.add(message.offset()));
    await().until(() -> lag(slow) == 0);

    assertThat(offset(fast, "t")).isEqualTo(10);
    await().until(() -> handled.size() == 11 && late.size() == 11);
  }

  /** Of the one partition, which a subscription is given a moment after it was made. */
  private static long lag(EventBus bus) {
    return bus.inspect().subscriptions().getFirst().partitions().stream()
        .flatMapToLong(partition -> partition.lag().stream())
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  @Test
  void bytesAreBoundedTooAndATopicWithoutAGroupKeepsWhatItHas() {
    EventBus bus = start(MemoryCluster.create(1, 1000, 65_536), "g", "m");

    for (int i = 0; i < 2; i++) {
      assertThat(bus.publish("t", OutboundMessage.of("k", new byte[30_000])).join().offset())
          .isEqualTo(i);
    }
    assertThat(refusal(bus, "t", 30_000)).isEqualTo(Category.OVERLOADED);
    assertThat(offset(bus, "t")).isEqualTo(2);
  }

  @Test
  void keysStayInTheirPartitionAndMessagesWithoutOneGoInTurn() {
    EventBus bus = start(MemoryCluster.create(), "g", "m");
    Set<String> ofKeys = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      OutboundMessage message = OutboundMessage.of("order:" + i, new byte[1]);
      String partition = bus.publish("t", message).join().partition();
      assertThat(bus.publish("t", message).join().partition()).isEqualTo(partition);
      ofKeys.add(partition);
    }
    List<String> inTurn = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      inTurn.add(bus.publish("t", OutboundMessage.of(new byte[1])).join().partition());
    }

    assertThat(ofKeys).containsExactly("0", "1", "2", "3");
    assertThat(inTurn).containsExactly("0", "1", "2", "3", "0");
  }

  @Test
  void membersShareTheTopicsThatTheyDeclareAndTakeOverFromThoseThatGo() {
    MemoryCluster cluster = MemoryCluster.create();
    EventBus first = start(cluster, "g", "first", "a", "b");
    await().until(() -> held(first) == 8);
    EventBus second = start(cluster, "g", "second", "a");

    await().until(() -> held(first) == 6 && held(second) == 2);
    assertThat(first.inspect().rebalances()).isEqualTo(2);
    first.close(Duration.ofSeconds(10));
    await().until(() -> held(second) == 4);
  }

  private static int held(EventBus bus) {
    return bus.inspect().held().size();
  }

  @Test
  void whoIsCutOffPublishesNothingAndHasNothingUntilItIsLetBack() {
    MemoryCluster cluster = MemoryCluster.create();
    EventBus bus = start(cluster, "g", "m", "a");
    await().until(() -> held(bus) == 4);
    assertThat(cluster.cutOff("g", "m")).isTrue();
    assertThat(cluster.cutOff("g", "m")).isFalse();
    assertThat(cluster.cutOff("g", "other")).isFalse();
    assertThat(cluster.cutOff("other", "m")).isFalse();

    assertThat(refusal(bus, "a", 1)).isEqualTo(Category.UNAVAILABLE);
    assertThat(refusal(bus, "a", 1)).isEqualTo(Category.UNAVAILABLE);
    assertThat(bus.inspect().health()).isEqualTo(Health.DOWN);
    EventBus heir = start(cluster, "g", "heir", "a");
    await().until(() -> held(heir) == 4);

    assertThat(cluster.letBack("g", "m")).isTrue();
    await().until(() -> held(heir) == 2 && held(bus) == 2);
    assertThat(bus.inspect().health()).isEqualTo(Health.UP);
  }

  @Test
  void aGroupHasOneMemberOfAName() {
    MemoryCluster cluster = MemoryCluster.create();
    start(cluster, "g", "m", "a");

    assertThatThrownBy(() -> start(cluster, "g", "m", "a"))
        .isInstanceOf(EventBusException.class)
        .hasMessageStartingWith("member: m");
  }

  @Test
  void boundsAndForeignBrokersAreRefused() {
    assertThatThrownBy(() -> MemoryCluster.create(0, 1, 1 << 20)).hasMessageStartingWith("part");
    assertThatThrownBy(() -> MemoryCluster.create(1, 0, 1 << 20)).hasMessageStartingWith("maxM");
    assertThatThrownBy(() -> MemoryCluster.create(1, 1, 1)).hasMessageStartingWith("maxB");
    MemoryOptions foreign = MemoryOptions.of(BusOptions.of("g")).member("m", new MemoryBroker() {});
    assertThatThrownBy(() -> EventBus.memory(foreign)).hasMessageContaining("a MemoryCluster");
  }
}
