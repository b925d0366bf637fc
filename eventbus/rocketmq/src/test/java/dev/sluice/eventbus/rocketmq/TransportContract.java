package dev.sluice.eventbus.rocketmq;

import static dev.sluice.eventbus.rocketmq.TransportFixture.await;
import static dev.sluice.eventbus.rocketmq.TransportFixture.awaitQueues;
import static dev.sluice.eventbus.rocketmq.TransportFixture.newTopic;
import static dev.sluice.eventbus.rocketmq.TransportFixture.publish;
import static dev.sluice.eventbus.rocketmq.TransportFixture.publishAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the transport promises, on brokers of either version. */
abstract class TransportContract {
  private TransportFixture fixture;
  private String topic;

  abstract RocketMQVersion version();

  @BeforeEach
  void open(Ledger ledger) {
    fixture = new TransportFixture(SharedEngine.of(version()).nameServerAddress(), ledger);
    topic = newTopic();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static List<String> numbers(int to) {
    return IntStream.range(0, to).mapToObj(Integer::toString).toList();
  }

  private static void join(List<CompletableFuture<Published>> all) throws Exception {
    CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).get(90, TimeUnit.SECONDS);
  }

  @Test
  void messagesArriveAsTheyWerePublished() throws Exception {
    Map<String, String> headers =
        Map.of("plain", "v\u00e4lue", "KEYS", "reserved", "empty", "", "sluice-own", "x=y");
    Transport member = fixture.member(topic);
    awaitQueues(member, topic, 4);
    Published first =
        member
            .publish(
                topic,
                new OutboundMessage("a/b:c", new byte[] {0, -1, 7}, headers),
                Deadline.after(Duration.ofSeconds(30)))
            .get(30, TimeUnit.SECONDS);
    Published second =
        member
            .publish(topic, OutboundMessage.of(new byte[0]), Deadline.after(Duration.ofSeconds(30)))
            .get(30, TimeUnit.SECONDS);
    try (Consumption consumption = Consumption.of(member, topic, fixture.ledger)) {
      await().until(() -> consumption.count() == 2);
      Map<String, InboundMessage> byPosition = new HashMap<>();
      consumption.handled().forEach(message -> byPosition.put(message.position(), message));

      InboundMessage keyed =
          Objects.requireNonNull(byPosition.get(first.partition() + '@' + first.offset()));
      assertThat(keyed.topic()).isEqualTo(topic);
      assertThat(keyed.key()).isEqualTo("a/b:c");
      assertThat(keyed.body()).containsExactly(0, -1, 7);
      assertThat(keyed.headers()).isEqualTo(headers);
      InboundMessage bare =
          Objects.requireNonNull(byPosition.get(second.partition() + '@' + second.offset()));
      assertThat(bare.key()).isNull();
      assertThat(bare.body()).isEmpty();
      assertThat(bare.headers()).isEmpty();
    }
    assertThat(member.health().up()).isTrue();
  }

  @Test
  void aTopicThatASendMakesHasAsManyQueuesAsThoseThatTheBusMakes() throws Exception {
    Transport member = fixture.member(fixture.options().newTopicQueues(3));

    Set<String> queues = new HashSet<>();
    for (int key = 0; key < 40; key++) {
      queues.add(publish(member, topic, "key-" + key, "x").get(60, TimeUnit.SECONDS).partition());
    }

    assertThat(queues).hasSize(3);
  }

  @Test
  void messagesOfAKeyKeepTheirOrderWithManyUnderWay() throws Exception {
    Transport member = fixture.member(topic);
    awaitQueues(member, topic, 4);
    try (Consumption consumption =
        Consumption.of(member, topic, 40, (item, attempt) -> {}, fixture.ledger)) {
      join(publishAll(member, topic, 20, 0, 30));

      await().until(() -> consumption.count() == 600);
      for (int key = 0; key < 20; key++) {
        assertThat(consumption.bodies("key-" + key)).isEqualTo(numbers(30));
      }
      assertThat(consumption.opened)
          .hasSize(4)
          .allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
    }
  }

  @Test
  void aTopicThatGetsItsHandlerLateIsHeldAndOthersDoNotNotice() throws Exception {
    String late = newTopic();
    Transport member = fixture.member(topic, late);
    awaitQueues(member, topic, 4);
    awaitQueues(member, late, 4);
    try (Consumption early = Consumption.of(member, topic, fixture.ledger)) {
      join(publishAll(member, late, 4, 0, 5));
      join(publishAll(member, topic, 4, 0, 5));
      await().until(() -> early.count() == 20);
      long rebalances = member.health().rebalances();
      assertThat(member.partitions())
          .filteredOn(each -> each.topic().equals(late))
          .hasSize(4)
          .allMatch(PartitionStatus::held);

      try (Consumption held = Consumption.of(member, late, fixture.ledger)) {
        join(publishAll(member, late, 4, 5, 8));
        join(publishAll(member, topic, 4, 5, 8));
        await().until(() -> held.count() == 32 && early.count() == 32);
        for (int key = 0; key < 4; key++) {
          assertThat(held.bodies("key-" + key)).isEqualTo(numbers(8));
        }
      }
      assertThat(member.health().rebalances()).isEqualTo(rebalances);
      assertThat(early.opened).allSatisfy((name, times) -> assertThat(times).isEqualTo(1));
    }
  }

  @Test
  void aDetachedTopicGoesOnWhereItsHandlersWere() throws Exception {
    String other = newTopic();
    // Nothing is committed meanwhile but by the detachment.
    Duration hour = Duration.ofHours(1);
    Transport member =
        fixture.member(
            fixture
                .options(topic, other)
                .times(Duration.ofSeconds(5), hour, TransportFixture.SEND_TIME));
    awaitQueues(member, topic, 4);
    awaitQueues(member, other, 4);
    try (Consumption stays = Consumption.of(member, other, fixture.ledger)) {
      Consumption first = Consumption.of(member, topic, fixture.ledger);
      join(publishAll(member, topic, 4, 0, 10));
      await().until(() -> first.count() == 40);
      first.close();
      join(publishAll(member, topic, 4, 10, 20));
      join(publishAll(member, other, 4, 0, 3));
      await().until(() -> stays.count() == 12);

      // Another member sees what was committed, too.
      assertThat(TransportFixture.close(member).clean()).isTrue();
      Transport next = fixture.member(topic, other);
      try (Consumption second = Consumption.of(next, topic, fixture.ledger)) {
        await().until(() -> second.count() >= 40);
        for (int key = 0; key < 4; key++) {
          assertThat(second.bodies("key-" + key)).isEqualTo(numbers(20).subList(10, 20));
        }
      }
      assertThat(first.count()).isEqualTo(40);
    }
  }

  @Test
  void whatIsNotResolvedComesAgainAndWhatIsBehindItWithIt() throws Exception {
    Transport member = fixture.member(topic);
    awaitQueues(member, topic, 4);
    Consumption stuck =
        Consumption.of(
            member,
            topic,
            100,
            (item, attempt) -> {
              if (Consumption.body(item.message()).equals("3")) {
                throw new IllegalStateException("as the test wants");
              }
            },
            fixture.ledger);
    for (String body : numbers(10)) {
      publish(member, topic, body.equals("3") ? "bad" : "key-0", body).get(30, TimeUnit.SECONDS);
    }
    String badPartition =
        TransportFixture.read(member, topic, 10).stream()
            .filter(message -> Consumption.body(message).equals("3"))
            .findFirst()
            .orElseThrow()
            .partition();
    await().until(() -> stuck.count() == 9);
    stuck.close();
    assertThat(TransportFixture.close(member).clean()).isTrue();

    Transport next = fixture.member(topic);
    try (Consumption again = Consumption.of(next, topic, fixture.ledger)) {
      await().until(() -> again.bodies().contains("3"));
      assertThat(again.handled()).allMatch(message -> message.partition().equals(badPartition));
    }
  }

  @Test
  void membersShareQueuesAndOneTakesOverFromTheOther() throws Exception {
    Transport one = fixture.member(topic);
    awaitQueues(one, topic, 4);
    Set<String> running = new HashSet<>();
    List<String> overlaps = new ArrayList<>();
    Consumption ofOne =
        Consumption.of(
            one,
            topic,
            100,
            (item, attempt) -> alone(item.message(), running, overlaps),
            fixture.ledger);
    join(publishAll(one, topic, 8, 0, 5));
    await().until(() -> ofOne.count() == 40);
    Transport other = fixture.member(topic);
    try (Consumption ofOther =
        Consumption.of(
            other,
            topic,
            100,
            (item, attempt) -> alone(item.message(), running, overlaps),
            fixture.ledger)) {
      awaitQueues(one, topic, 2);
      awaitQueues(other, topic, 2);
      join(publishAll(one, topic, 8, 5, 15));
      await().until(() -> bodies(ofOne, ofOther) == 8 * 15);

      ofOne.close();
      assertThat(TransportFixture.close(one).clean()).isTrue();
      awaitQueues(other, topic, 4);
      join(publishAll(other, topic, 8, 15, 20));
      await().until(() -> bodies(ofOne, ofOther) == 8 * 20);
      for (int key = 0; key < 8; key++) {
        List<String> both = new ArrayList<>(ofOne.bodies("key-" + key));
        both.addAll(ofOther.bodies("key-" + key));
        // A message may come again where its queue went over before it was committed.
        assertThat(both).containsAll(numbers(20));
      }
    }
    assertThat(overlaps).isEmpty();
  }

  private static long bodies(Consumption one, Consumption other) {
    Set<String> all = new HashSet<>();
    one.handled().forEach(message -> all.add(message.key() + ' ' + Consumption.body(message)));
    other.handled().forEach(message -> all.add(message.key() + ' ' + Consumption.body(message)));
    return all.size();
  }

  /** Notes keys that are handled twice at a time. */
  private static void alone(InboundMessage message, Set<String> running, List<String> overlaps) {
    String key = String.valueOf(message.key());
    synchronized (running) {
      if (!running.add(key)) {
        overlaps.add(key);
      }
    }
    Thread.onSpinWait();
    synchronized (running) {
      running.remove(key);
    }
  }

  @Test
  void topicsAreReadWithoutBeingConsumed() throws Exception {
    Transport member = fixture.member(topic);
    awaitQueues(member, topic, 4);
    join(publishAll(member, topic, 10, 0, 20));
    assertThat(TransportFixture.read(member, topic, 200)).hasSize(200);

    List<InboundMessage> read = new ArrayList<>();
    String from = null;
    while (read.size() <= 200) {
      List<InboundMessage> page =
          member.browse(topic, from, 7).toCompletableFuture().get(30, TimeUnit.SECONDS);
      if (page.isEmpty()) {
        break;
      }
      assertThat(page).hasSizeLessThanOrEqualTo(7);
      read.addAll(page);
      from = page.getLast().position();
    }

    assertThat(read).hasSize(200);
    assertThat(Set.copyOf(read.stream().map(InboundMessage::position).toList())).hasSize(200);
    try (Consumption consumption = Consumption.of(member, topic, fixture.ledger)) {
      await().until(() -> consumption.count() == 200);
    }
    assertThatThrownBy(() -> member.browse(topic, "nowhere", 7).toCompletableFuture().join())
        .hasMessageContaining("from: nowhere (expected: topic@broker:queue@offset)");
  }

  @Test
  void lagIsWhatIsNotResolved() throws Exception {
    Transport member = fixture.member(topic);
    awaitQueues(member, topic, 4);
    CountDownLatch release = new CountDownLatch(1);
    try (Consumption consumption =
        Consumption.of(member, topic, 100, (item, attempt) -> release.await(), fixture.ledger)) {
      join(publishAll(member, topic, 10, 0, 3));
      await().until(() -> lag(member) == 30);
      release.countDown();
      await().until(() -> consumption.count() == 30);
      await().until(() -> lag(member) == 0);
    }
  }

  private static long lag(Transport member) {
    return member.partitions().stream().mapToLong(each -> each.lag().orElse(0)).sum();
  }

  @Test
  void whatABrokerWouldRefuseIsRefusedWithItsReason() {
    Transport member = fixture.member(topic);
    byte[] large = new byte[(4 << 20) + 1];
    assertThatThrownBy(
            () ->
                member
                    .publish(
                        topic, OutboundMessage.of(large), Deadline.after(Duration.ofSeconds(60)))
                    .get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("4194305");
    assertThatThrownBy(() -> publish(member, "with.dot", "a", "b").get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(EventBusException.class)
        .hasMessageContaining("with.dot");
  }
}
