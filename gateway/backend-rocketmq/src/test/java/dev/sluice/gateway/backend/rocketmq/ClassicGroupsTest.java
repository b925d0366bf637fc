package dev.sluice.gateway.backend.rocketmq;

import static dev.sluice.gateway.backend.rocketmq.UpstreamFixture.PATIENCE;
import static dev.sluice.gateway.backend.rocketmq.UpstreamFixture.get;
import static dev.sluice.gateway.backend.rocketmq.UpstreamFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.classic.ClassicHandle;
import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Groups on RocketMQ 4, whose members are gateways and others. */
class ClassicGroupsTest {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private static final Duration SHORT = Duration.ofSeconds(1);

  private final List<UpstreamFixture> open = new ArrayList<>();
  private UpstreamFixture one;

  @BeforeEach
  void start() {
    one = another();
  }

  private UpstreamFixture another() {
    UpstreamFixture made =
        UpstreamFixture.start(LOOPS, SharedEngine.rocketmq4().nameServerAddress());
    open.add(made);
    return made;
  }

  @AfterEach
  void close() {
    open.forEach(UpstreamFixture::close);
  }

  private void close(UpstreamFixture member) {
    open.remove(member);
    member.close();
  }

  private String newTopic(int queues) {
    return one.newTopic(queues, MessageKind.NORMAL);
  }

  private String newGroup(String topic) {
    return one.newGroup(topic, new Subscription.Start.Earliest());
  }

  private static List<String> bodies(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> "m" + i).toList();
  }

  /** One after the other, to the queues in turn. */
  private void send(String topic, List<String> bodies) {
    bodies.forEach(body -> one.send(Messages.plain(topic, body)));
  }

  /** All that there is, whichever queue it is in. */
  private static ReceiveRequest ordered(String topic, String group) {
    return new ReceiveRequest(
        topic, group, Filter.ALL, null, true, "attempt", 32, PATIENCE, PATIENCE);
  }

  private static List<AckOutcome> ack(UpstreamFixture member, String group, Delivery delivery) {
    return get(
        done -> member.upstream.ack(delivery.topic(), group, List.of(delivery.handle()), done));
  }

  private static @Nullable ErrorCategory refusal(List<AckOutcome> outcomes) {
    return outcomes.getFirst() instanceof AckOutcome.Failed failed
        ? failed.failure().category()
        : null;
  }

  @Test
  void theGroupIsAsFarAsTheFirstMessageThatIsNotResolved() {
    String topic = newTopic(1);
    String group = newGroup(topic);
    send(topic, bodies(0, 4));
    List<Delivery> all = one.receive(topic, group, 4);
    QueueId queue = all.getFirst().queue();

    one.ack(group, List.of(all.get(0), all.get(2), all.get(3)));

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(committed(group, topic, queue)).hasValue(1));
  }

  private OptionalLong committed(String group, String topic, QueueId queue) {
    return get(done -> one.upstream.offsets().committed(group, topic, queue, done));
  }

  @Test
  void whatAMemberHoldsWhenItLeavesComesToAnotherWithinSeconds() {
    String topic = newTopic(2);
    String group = newGroup(topic);
    send(topic, bodies(0, 6));
    UpstreamFixture leaving = another();
    List<Delivery> held = leaving.receive(topic, group, 6);
    leaving.ack(group, held.subList(0, 2));

    close(leaving);

    List<Delivery> again = one.receive(topic, group, 4);
    assertThat(again)
        .extracting(Delivery::messageId)
        .containsExactlyInAnyOrderElementsOf(
            held.subList(2, 6).stream().map(Delivery::messageId).toList());
    assertThat(again).extracting(Delivery::attempt).containsOnly(2);
    assertThat(again).extracting(Delivery::topic).containsOnly(topic);
    one.ack(group, again);
    assertThat(one.receive(UpstreamFixture.request(topic, group, SHORT))).isEmpty();
  }

  @Test
  void aQueueThatGoesToAnotherMemberTakesWhatIsNotResolvedAlong() {
    String topic = newTopic(2);
    String group = newGroup(topic);
    send(topic, bodies(0, 8));
    List<Delivery> held = one.receive(topic, group, 8);
    UpstreamFixture two = another();

    List<Delivery> moved = two.receiveAll(topic, group, 4);

    assertThat(moved)
        .extracting(Delivery::messageId)
        .containsExactlyElementsOf(
            held.stream()
                .filter(delivery -> delivery.queue().equals(moved.getFirst().queue()))
                .map(Delivery::messageId)
                .toList());
    assertThat(moved.size()).isLessThan(held.size());
    for (Delivery delivery : held) {
      boolean gone = delivery.queue().equals(moved.getFirst().queue());
      assertThat(refusal(ack(one, group, delivery)))
          .as(delivery.queue() + " " + delivery.offset())
          .isEqualTo(gone ? ErrorCategory.NOT_FOUND : null);
    }
    two.ack(group, moved);
    close(two);
    assertThat(one.receiveAll(topic, group)).isEmpty();
  }

  @Test
  void aGroupIsSharedWithAnOfficialConsumerAndNothingIsLostOrConsumedTwice() throws Exception {
    String topic = newTopic(4);
    String group = newGroup(topic);
    // There before the other comes, who takes over half of the queues.
    assertThat(one.receive(UpstreamFixture.request(topic, group, SHORT))).isEmpty();
    Set<String> own = new HashSet<>();
    try (OfficialClient official =
            OfficialClient.open(SharedEngine.rocketmq4().nameServerAddress());
        OfficialClient.PushConsumer consumer = official.consume(group, topic, "*")) {
      Awaitility.await().atMost(PATIENCE).until(() -> consumer.queues() == 2);
      send(topic, bodies(0, 20));
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                for (Delivery delivery :
                    one.receive(UpstreamFixture.request(topic, group, SHORT))) {
                  own.add(Messages.text(delivery));
                  one.ack(group, List.of(delivery));
                }
                Set<String> all = new HashSet<>(own);
                all.addAll(consumer.bodies());
                assertThat(all)
                    .as("%s here, %s there", own, consumer.bodies())
                    .containsExactlyInAnyOrderElementsOf(bodies(0, 20));
              });
      assertThat(own).doesNotContainAnyElementsOf(consumer.bodies());
      assertThat(consumer.queues()).isEqualTo(2);
      assertThat(own).hasSizeBetween(1, 19);
    }
    send(topic, bodies(20, 4));
    assertThat(one.receive(topic, group, 4))
        .extracting(Messages::text)
        .containsExactlyInAnyOrderElementsOf(bodies(20, 4));
  }

  @Test
  void anOrderedMessageIsShownAgainInItsPlaceBeforeTheNext() {
    String topic = newTopic(1);
    String group = newGroup(topic);
    send(topic, bodies(0, 2));

    Delivery first = one.receive(next(topic, group, SHORT)).getFirst();
    Delivery again = one.receive(next(topic, group, PATIENCE)).getFirst();

    assertThat(again.messageId()).isEqualTo(first.messageId());
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(refusal(ack(one, group, first))).isEqualTo(ErrorCategory.NOT_FOUND);
    assertThat(refusal(ack(one, group, again))).isNull();
    assertThat(one.receive(next(topic, group, PATIENCE)))
        .extracting(Messages::text)
        .containsExactly("m1");
  }

  /** One message in order, to be held for so long. */
  private static ReceiveRequest next(String topic, String group, Duration invisible) {
    return new ReceiveRequest(
        topic, group, Filter.ALL, null, true, "attempt", 1, PATIENCE, invisible);
  }

  @Test
  void anOrderedQueueGoesToAnotherMemberWhenNothingOfItIsHeld() {
    String topic = newTopic(2);
    String group = newGroup(topic);
    send(topic, bodies(0, 16));
    List<Delivery> held = new ArrayList<>();
    while (held.stream().map(Delivery::queue).distinct().count() < 2) {
      held.addAll(one.receive(ordered(topic, group)));
    }
    UpstreamFixture two = another();
    Outcome<List<Delivery>> waiting =
        outcome(done -> two.upstream.receive(ordered(topic, group), done));
    Awaitility.await().atMost(PATIENCE).until(() -> members(topic, group) == 2);
    send(topic, bodies(16, 16));

    Set<String> seen = new HashSet<>();
    for (int i = 0; i < held.size(); i++) {
      Delivery delivery = held.get(i);
      // Which of the queues goes is not told: none may while something of both is held.
      if (held.stream().skip(i).map(Delivery::queue).distinct().count() == 2) {
        assertThat(waiting.isOver()).isFalse();
      }
      assertThat(refusal(ack(one, group, delivery))).isNull();
      assertThat(seen.add(Messages.text(delivery))).isTrue();
    }

    List<Delivery> others = waiting.get(PATIENCE);
    assertThat(others).extracting(Delivery::queue).containsOnly(others.getFirst().queue());
    for (Delivery delivery : others) {
      assertThat(seen.add(Messages.text(delivery))).isTrue();
    }
  }

  private int members(String topic, String group) {
    return get((Completion<GroupMembers> done) -> one.upstream.members(topic, group, done))
        .gateways()
        .size();
  }

  @Test
  void aHandleIsOfItsIssuerAlone() {
    String topic = newTopic(1);
    String group = newGroup(topic);
    send(topic, bodies(0, 1));
    Delivery delivery = one.receive(topic, group, 1).getFirst();
    UpstreamFixture two = another();
    ClassicHandle handle = ClassicHandle.parse(delivery.handle());
    ClassicHandle forged =
        new ClassicHandle(
            "x", handle.number(), false, handle.queueId(), handle.offset(), handle.broker());

    assertThat(refusal(ack(two, group, delivery))).isEqualTo(ErrorCategory.NOT_FOUND);
    assertThat(refusal(ack(one, group, delivery.by(forged.encode()))))
        .isEqualTo(ErrorCategory.NOT_FOUND);
    assertThat(refusal(ack(one, group, delivery.by("nonsense"))))
        .isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    NewHandle renewed =
        get(
            done ->
                one.upstream.changeInvisible(
                    topic, group, delivery.handle(), Duration.ofMinutes(1), done));
    assertThat(refusal(ack(one, group, delivery))).isEqualTo(ErrorCategory.NOT_FOUND);
    GatewayException failure =
        outcome(
                (Completion<NewHandle> done) ->
                    one.upstream.changeInvisible(
                        topic, group, delivery.handle(), Duration.ofMinutes(1), done))
            .failure(PATIENCE);
    assertThat(failure.category()).isEqualTo(ErrorCategory.NOT_FOUND);
    assertThat(refusal(ack(one, group, delivery.by(renewed.handle())))).isNull();
    assertThat(refusal(ack(one, group, delivery.by(renewed.handle()))))
        .isEqualTo(ErrorCategory.NOT_FOUND);
  }

  @Test
  void whatComesAgainComesToTheReadersOfItsTopic() {
    String topic = newTopic(1);
    String other = newTopic(1);
    String group = newGroup(topic);
    one.subscribe(other, group, new Subscription.Start.Earliest());
    send(topic, List.of("of the first"));
    send(other, List.of("of the second"));
    Delivery first = one.receive(topic, group, 1).getFirst();
    Delivery second = one.receive(other, group, 1).getFirst();

    for (Delivery delivery : List.of(first, second)) {
      var _ =
          get(
              (Completion<NewHandle> done) ->
                  one.upstream.changeInvisible(
                      delivery.topic(), group, delivery.handle(), Duration.ZERO, done));
    }

    assertThat(one.receive(other, group, 1))
        .extracting(Messages::text)
        .containsExactly("of the second");
    assertThat(one.receive(topic, group, 1))
        .extracting(Messages::text)
        .containsExactly("of the first");
  }

  @Test
  void aTopicThatIsNotThereIsToldOf() {
    GatewayException failure =
        outcome(
                (Completion<List<Delivery>> done) ->
                    one.upstream.receive(
                        UpstreamFixture.request(
                            TopicNames.unique("missing"), TopicNames.unique("group"), PATIENCE),
                        done))
            .failure(PATIENCE);

    assertThat(failure.category()).isEqualTo(ErrorCategory.NOT_FOUND);
    assertThat(failure.subject()).isEqualTo(GatewayException.Subject.TOPIC);
  }

  @Test
  void aConditionThatDoesNotParseIsRefusedAndOneThatDoesIsKept() {
    String topic = newTopic(1);
    String group = newGroup(topic);
    one.send(Messages.withProperties(topic, "small", Map.of("size", "1")));
    one.send(Messages.withProperties(topic, "large", Map.of("size", "9")));

    GatewayException failure =
        outcome(
                (Completion<List<Delivery>> done) ->
                    one.upstream.receive(sql(topic, group, "size >"), done))
            .failure(PATIENCE);
    assertThat(failure.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure.subject()).isEqualTo(GatewayException.Subject.FILTER);
    Filter broken = new Filter(Filter.Type.SQL, "size >");
    Outcome<Void> subscribed =
        outcome(
            done ->
                one.upstream.subscribe(
                    new Subscription(topic, group, broken, new Subscription.Start.Latest()), done));
    assertThat(subscribed.failure(PATIENCE).subject()).isEqualTo(GatewayException.Subject.FILTER);

    assertThat(one.receive(sql(topic, group, "size > 5")))
        .extracting(Messages::text)
        .containsExactly("large");
  }

  private static ReceiveRequest sql(String topic, String group, String condition) {
    return new ReceiveRequest(
        topic,
        group,
        new Filter(Filter.Type.SQL, condition),
        null,
        false,
        null,
        8,
        PATIENCE,
        PATIENCE);
  }
}
