package dev.sluice.eventbus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.KafkaOptions.Assignment;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RebalanceTest {

  @ParameterizedTest
  @EnumSource
  void membersComeAndGoAndNothingIsLostNorOvertaken(Assignment assignment, Ledger ledger) {
    int messages = 3000;
    int keys = 30;
    String topic = Broker.topic("members", 6);
    KafkaOptions options = Member.options(topic, topic).assignment(assignment);
    // per key, what was handled to the end, in this order, by whomever
    Map<String, Queue<Integer>> handled = new ConcurrentHashMap<>();
    var count = new AtomicInteger();
    try (Member first = Member.start(options, ledger)) {
      consume(first, topic, handled, count);
      Broker.fill(topic, messages / 3, keys);
      await().atMost(Member.PATIENCE).until(() -> count.get() > messages / 10);
      // when another joins in the middle of it, and leaves again
      try (Member second = Member.start(options, ledger)) {
        consume(second, topic, handled, count);
        await()
            .atMost(Member.PATIENCE)
            .until(
                () ->
                    first.transport().partitions().size() == 3
                        && second.transport().partitions().size() == 3);
        Broker.fill(topic, messages / 3, keys, i -> Integer.toString(i + messages / 3));
        await().atMost(Member.PATIENCE).until(() -> distinct(handled) > messages / 2);
      }
      Broker.fill(topic, messages / 3, keys, i -> Integer.toString(i + messages / 3 * 2));
      // then
      await().atMost(Member.PATIENCE).until(() -> Broker.committed(topic, topic) == messages);
    }
    assertThat(distinct(handled)).isEqualTo(messages);
    handled.forEach(
        (key, numbers) ->
            // what came again aside, each for the first time in order
            assertThat(List.copyOf(new LinkedHashSet<>(numbers))).as(key).isSorted());
  }

  private static void consume(
      Member member, String topic, Map<String, Queue<Integer>> handled, AtomicInteger count) {
    member.consume(
        topic,
        (item, attempt) -> {
          TimeUnit.MICROSECONDS.sleep(500);
          handled
              .computeIfAbsent(String.valueOf(item.key()), key -> new ConcurrentLinkedQueue<>())
              .add(Integer.parseInt(Member.text(item.message())));
          count.incrementAndGet();
        });
  }

  private static long distinct(Map<String, Queue<Integer>> handled) {
    return handled.values().stream().mapToLong(each -> Set.copyOf(each).size()).sum();
  }

  /** A result from before a partition was taken away counts for nothing, wherever it is now. */
  @ParameterizedTest
  @EnumSource
  void aZombiesResultNeitherCommitsNorResolves(Assignment assignment, Ledger ledger) {
    // given a handler that ignores that it is interrupted, of the only member
    String topic = Broker.topic("zombie", 2);
    KafkaOptions options = Member.options(topic, topic).assignment(assignment);
    Broker.fill(topic, 40, 40);
    var let = new CountDownLatch(1);
    Set<String> stuck = ConcurrentHashMap.newKeySet();
    Set<String> again = ConcurrentHashMap.newKeySet();
    var held = new CountDownLatch(1);
    Member first = Member.start(options, ledger);
    try {
      first.consume(
          topic,
          (item, attempt) -> {
            stuck.add(Member.text(item.message()));
            awaitUninterruptibly(let);
          });
      await().atMost(Member.PATIENCE).until(() -> stuck.size() == 40);
      // when another member takes one of its partitions, and stops at its first message
      try (Member second = Member.start(options, ledger)) {
        second.consume(
            topic,
            (item, attempt) -> {
              again.add(Member.text(item.message()));
              held.await();
            });
        await().atMost(Member.PATIENCE).until(() -> !again.isEmpty());
        List<PartitionStatus> taken = second.transport().partitions();
        await().atMost(Member.PATIENCE).until(() -> second.transport().partitions().size() == 1);
        int partition =
            Integer.parseInt(
                second
                    .transport()
                    .partitions()
                    .getFirst()
                    .partition()
                    .substring(topic.length() + 1));
        assertThat(taken).hasSizeLessThanOrEqualTo(1);
        // and the zombie lets go
        let.countDown();
        int kept = 1 - partition;
        // then its results count where the partition is still its own, and nowhere else
        await()
            .atMost(Member.PATIENCE)
            .until(() -> Broker.committed(topic, topic, kept) == Broker.end(topic, kept));
        assertThat(Broker.committed(topic, topic, partition)).isLessThanOrEqualTo(0);
        held.countDown();
        await()
            .atMost(Member.PATIENCE)
            .until(() -> Broker.committed(topic, topic, partition) == Broker.end(topic, partition));
        assertThat((long) again.size()).isEqualTo(Broker.end(topic, partition));
      }
    } finally {
      let.countDown();
      first.close();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // as a bad handler does
      }
    }
  }

  @Test
  void aStaticMemberComesBackWithoutARebalance(Ledger ledger) {
    String topic = Broker.topic("static", 2);
    KafkaOptions one = Member.options(topic, topic).instanceId("one");
    KafkaOptions two = Member.options(topic, topic).instanceId("two");
    Map<String, Integer> seen = new HashMap<>();
    try (Member stays = Member.start(one, ledger)) {
      Member leaves = Member.start(two, ledger);
      await().atMost(Member.PATIENCE).until(() -> stays.transport().partitions().size() == 1);
      await().atMost(Member.PATIENCE).until(() -> leaves.transport().partitions().size() == 1);
      long rebalances = stays.transport().health().rebalances();
      leaves.close();
      try (Member back = Member.start(two, ledger)) {
        await().atMost(Member.PATIENCE).until(() -> back.transport().partitions().size() == 1);
        assertThat(stays.transport().health().rebalances()).isEqualTo(rebalances);
        assertThat(stays.transport().partitions()).hasSize(1);
      }
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void whoeverLosesItsInstanceIdSaysSo(Ledger ledger) {
    String topic = Broker.topic("fenced", 1);
    KafkaOptions options = Member.options(topic, topic).instanceId("only");
    try (Member first = Member.start(options, ledger)) {
      await().atMost(Member.PATIENCE).until(() -> first.transport().partitions().size() == 1);
      try (Member second = Member.start(options, ledger)) {
        await()
            .atMost(Member.PATIENCE)
            .until(() -> first.transport().health().detail().contains("instance id only"));
        assertThat(first.transport().health().up()).isFalse();
        await().atMost(Member.PATIENCE).until(() -> second.transport().partitions().size() == 1);
      }
    }
  }

  /** A member that the group has given up finds its partitions lost, not revoked. */
  @Test
  void whatWasLostIsNotCommitted(Ledger ledger) {
    String topic = Broker.topic("lost", 1);
    Broker.fill(topic, 10, 10);
    KafkaOptions options = Member.options(topic, topic).commitInterval(Duration.ofMinutes(10));
    var runs = new AtomicInteger();
    try (Member member = Member.start(options, ledger)) {
      member.consume(topic, (item, attempt) -> runs.incrementAndGet());
      await().atMost(Member.PATIENCE).until(() -> runs.get() == 10);
      // The first commit, which is at once, may have been of some of them.
      long committed = Math.max(0, Broker.committed(topic, topic, 0));
      long rebalances = member.transport().health().rebalances();
      // when
      Broker.removeMembers(topic);
      // then it joins again, and what it had not committed comes again
      await()
          .atMost(Member.PATIENCE)
          .until(() -> member.transport().health().rebalances() >= rebalances + 2);
      await().atMost(Member.PATIENCE).until(() -> runs.get() == 20 - committed);
    }
  }
}
