package dev.sluice.eventbus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.TopicNames;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ConsumeTest {
  private final Queue<String> handled = new ConcurrentLinkedQueue<>();

  @Test
  void aTopicWithoutAHandlerIsHeldAndActivatedLateWithoutARebalance(Ledger ledger) {
    // given two declared topics with messages, one with a handler
    String early = Broker.topic("early", 3);
    String late = Broker.topic("late", 3);
    Broker.fill(early, 100, 10);
    Broker.fill(late, 100, 10, i -> "late " + i);
    try (Member member = Member.start(Member.options(early, early, late), ledger)) {
      member.consume(early, (item, attempt) -> handled.add(Member.text(item.message())));
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 100);
      await().atMost(Member.PATIENCE).until(() -> member.transport().partitions().size() == 6);
      assertThat(member.transport().partitions())
          .allSatisfy(each -> assertThat(each.held()).isEqualTo(each.topic().equals(late)));
      long rebalances = member.transport().health().rebalances();
      // when
      Set<String> lately = ConcurrentHashMap.newKeySet();
      member.consume(late, (item, attempt) -> lately.add(Member.text(item.message())));
      // then nothing was skipped, and the other topic goes on
      Broker.fill(early, 50, 10);
      await().atMost(Member.PATIENCE).until(() -> lately.size() == 100 && handled.size() == 150);
      assertThat(member.transport().health().rebalances()).isEqualTo(rebalances);
      assertThat(member.transport().health().up()).isTrue();
      await().atMost(Member.PATIENCE).until(() -> Broker.committed(early, late) == 100);
      await()
          .atMost(Member.PATIENCE)
          .until(
              () ->
                  member.transport().partitions().stream()
                      .allMatch(each -> each.lag().isPresent() && each.lag().getAsLong() == 0));
    }
  }

  @Test
  void aDetachedTopicIsHeldFromItsFrontierAndOthersDoNotNotice(Ledger ledger) {
    String topic = Broker.topic("detached", 2);
    String other = Broker.topic("other", 1);
    Broker.fill(topic, 200, 20);
    var open = new AtomicBoolean();
    try (Member member = Member.start(Member.options(topic, topic, other), ledger)) {
      Queue<String> others = new ConcurrentLinkedQueue<>();
      member.consume(other, (item, attempt) -> others.add(Member.text(item.message())));
      // given a handler that succeeds for half of the messages only
      Set<String> failed = ConcurrentHashMap.newKeySet();
      member.consume(
          topic,
          (item, attempt) -> {
            String text = Member.text(item.message());
            if (Integer.parseInt(text) >= 100 && !open.get()) {
              failed.add(text);
              throw new IllegalStateException("not yet");
            }
            handled.add(text);
          });
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 100 && failed.size() >= 20);
      long rebalances = member.transport().health().rebalances();
      // when
      member.detach(topic);
      // then what was handled is committed, and nothing is handed out
      assertThat(Broker.committed(topic, topic)).isEqualTo(100);
      assertThat(handled).hasSize(100);
      Broker.fill(other, 50, 10);
      await().atMost(Member.PATIENCE).until(() -> others.size() == 50);
      // when it has a handler again
      open.set(true);
      member.consume(topic, (item, attempt) -> handled.add(Member.text(item.message())));
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 200);
      assertThat(handled)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 200).mapToObj(Integer::toString).toList());
      assertThat(member.transport().health().rebalances()).isEqualTo(rebalances);
    }
  }

  @Test
  void aHandlerSlowerThanTheLongestPollCausesNeitherARebalanceNorARedelivery(Ledger ledger) {
    String topic = Broker.topic("slow", 2);
    Broker.fill(topic, 40, 40);
    var options = Member.options(topic, topic).property("max.poll.interval.ms", "5000");
    var let = new CountDownLatch(1);
    try (Member member = Member.start(options, ledger)) {
      member.consume(
          topic,
          (item, attempt) -> {
            handled.add(Member.text(item.message()));
            let.await();
          });
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 40);
      long rebalances = member.transport().health().rebalances();
      // when the interval has passed
      await().pollDelay(Duration.ofMillis(6500)).atMost(Member.PATIENCE).until(() -> true);
      // then
      assertThat(Broker.members(topic)).isEqualTo(1);
      assertThat(Broker.committed(topic, topic)).isZero();
      let.countDown();
      await().atMost(Member.PATIENCE).until(() -> Broker.committed(topic, topic) == 40);
      assertThat(handled).hasSize(40);
      assertThat(member.transport().health().rebalances()).isEqualTo(rebalances);
    }
  }

  @Test
  void aFullDispatcherPausesItsPartitionAlone(Ledger ledger) {
    String full = Broker.topic("full", 1);
    String free = Broker.topic("free", 1);
    Broker.fill(full, 3000, 1);
    var let = new CountDownLatch(1);
    try (Member member = Member.start(Member.options(full, full, free), ledger)) {
      var dispatcher =
          member.consume(
              full,
              (item, attempt) -> {
                let.await();
                handled.add(Member.text(item.message()));
              },
              dev.sluice.eventbus.FailurePolicy.retry(dev.sluice.eventbus.Backoff.standard()),
              100);
      Queue<String> others = new ConcurrentLinkedQueue<>();
      member.consume(free, (item, attempt) -> others.add(Member.text(item.message())));
      await().atMost(Member.PATIENCE).until(() -> dispatcher.inspect().running() == 1);
      Broker.fill(free, 500, 50);
      await().atMost(Member.PATIENCE).until(() -> others.size() == 500);
      assertThat(dispatcher.inspect().waiting()).isLessThanOrEqualTo(100);
      let.countDown();
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 3000);
      assertThat(handled)
          .containsExactlyElementsOf(IntStream.range(0, 3000).mapToObj(Integer::toString).toList());
    }
  }

  /** Offsets that no consumer ever sees. */
  @Test
  void gapsOfTransactionsDoNotStallTheFrontier(Ledger ledger) {
    // given transactions, every other one aborted, each of which ends with a mark in the partition
    String topic = Broker.topic("transactions", 1);
    try (var producer = Broker.producer(Map.of("transactional.id", topic))) {
      producer.initTransactions();
      for (int i = 0; i < 20; i++) {
        producer.beginTransaction();
        var first = producer.send(new ProducerRecord<>(topic, "k", "a" + i));
        var second = producer.send(new ProducerRecord<>(topic, "k", "b" + i));
        producer.flush();
        assertThat(first).isDone();
        assertThat(second).isDone();
        if (i % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
    try (Member member = Member.start(Member.options(topic, topic), ledger)) {
      member.consume(topic, (item, attempt) -> handled.add(Member.text(item.message())));
      // then the last committed message is at 18 * 3 + 1
      await().atMost(Member.PATIENCE).until(() -> Broker.committed(topic, topic, 0) == 18 * 3 + 2);
      assertThat(handled)
          .containsExactlyElementsOf(
              IntStream.range(0, 20)
                  .filter(i -> i % 2 == 0)
                  .boxed()
                  .flatMap(i -> List.of("a" + i, "b" + i).stream())
                  .toList());
    }
  }

  @Test
  void gapsOfCompactionDoNotStallTheFrontier(Ledger ledger) {
    // given a compacted topic of which the cleaner has left the last of each key
    String topic =
        Broker.topic(
            "compacted",
            1,
            Map.of(
                "cleanup.policy", "compact",
                "segment.bytes", Integer.toString(1 << 20),
                "segment.ms", "100",
                "max.compaction.lag.ms", "100",
                "min.cleanable.dirty.ratio", "0.001"));
    Broker.fill(topic, 500, 5);
    // The active segment is never compacted, and a later message begins another.
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    Broker.fill(topic, 1, 1, i -> "last");
    Set<Long> offsets = ConcurrentHashMap.newKeySet();
    await()
        .atMost(Member.PATIENCE)
        .until(
            () -> {
              try (Member reader = Member.start(Member.options(topic), ledger)) {
                return reader
                        .transport()
                        .browse(topic, null, 1000)
                        .toCompletableFuture()
                        .get()
                        .size()
                    < 100;
              }
            });
    try (Member member = Member.start(Member.options(topic, topic), ledger)) {
      member.consume(topic, (item, attempt) -> offsets.add(item.offset()));
      await().atMost(Member.PATIENCE).until(() -> Broker.committed(topic, topic, 0) == 501);
      assertThat(offsets).hasSizeLessThan(100).contains(500L);
    }
  }

  @Test
  void aGroupGoesOnWithTheOldestMessageWhereItsOwnIsGone(Ledger ledger) {
    String topic = Broker.topic("beyond", 1);
    Broker.fill(topic, 10, 1);
    Broker.commit(topic, new TopicPartition(topic, 0), 1_000);
    try (Member member = Member.start(Member.options(topic, topic), ledger)) {
      member.consume(topic, (item, attempt) -> handled.add(Member.text(item.message())));
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 10);
    }
  }

  @Test
  void aDeclaredTopicThatIsMissingIsToldAndFoundWhenItIsThere(Ledger ledger) {
    String topic = TopicNames.unique("missing");
    String there = Broker.topic("there", 1);
    var options = Member.options(there, topic, there).property("metadata.max.age.ms", "500");
    try (Member member = Member.start(options, ledger)) {
      member.consume(topic, (item, attempt) -> handled.add(Member.text(item.message())));
      await()
          .atMost(Member.PATIENCE)
          .until(() -> member.transport().health().detail().contains(topic));
      assertThat(member.transport().health().up()).isFalse();
      // when
      try (var other = Member.start(Member.options(topic, topic).newTopics(1, 1), ledger)) {
        other
            .publish(topic, "k", "first")
            .orTimeout(60, java.util.concurrent.TimeUnit.SECONDS)
            .join();
      }
      // then
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 1);
      await().atMost(Member.PATIENCE).until(() -> member.transport().health().up());
    }
  }

  @Test
  void partitionsTellWhatIsHeldCommittedAndBehind(Ledger ledger) {
    String topic = Broker.topic("status", 1);
    Broker.fill(topic, 30, 30);
    var let = new CountDownLatch(1);
    try (Member member = Member.start(Member.options(topic, topic), ledger)) {
      member.consume(
          topic,
          (item, attempt) -> {
            if (item.offset() >= 10) {
              let.await();
            }
            handled.add("done");
          });
      await()
          .atMost(Member.PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(member.transport().partitions()).hasSize(1);
                PartitionStatus status = member.transport().partitions().getFirst();
                assertThat(status.partition()).isEqualTo(topic + "-0");
                assertThat(status.held()).isFalse();
                assertThat(status.committed()).hasValue(10);
                assertThat(status.lag()).hasValue(20);
              });
      let.countDown();
      await().atMost(Member.PATIENCE).until(() -> handled.size() == 30);
    }
  }
}
