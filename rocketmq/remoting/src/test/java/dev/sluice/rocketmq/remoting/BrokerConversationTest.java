package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.PopReply;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.SendReply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How messages go to a real 5.5.0 broker and come back. */
class BrokerConversationTest {
  /** For what comes; what does not come is waited for as long as each test says. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ClientFixture fixture;

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = ClientFixture.start(SharedEngine.rocketmq5().nameServerAddress(), ledger);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void whatIsSentIsPoppedWithItsPropertiesAndKeepsAwayOnceAcknowledged() {
    // given
    String topic = fixture.newTopic("orders", 4);
    String group = TopicNames.unique("group");
    TopicQueue queue = fixture.route(topic).writable(2);
    OutgoingMessage message =
        ClientFixture.message("first", Map.of("TAGS", "a", "colour", "blue", "UNIQ_KEY", "id-1"));

    // when
    SendReply sent =
        FutureReply.await(
            reply -> fixture.client.sending().send(queue, message, ClientFixture.TIMEOUT, reply));
    PopReply popped = fixture.pop(PopRequest.of(topic, group, 32, 3_000, 5_000));

    // then
    assertThat(sent.status()).isEqualTo(SendReply.Status.STORED);
    assertThat(sent.queueId()).isEqualTo(2);
    assertThat(sent.offsetMessageIds()).hasSize(1);
    assertThat(popped.messages()).hasSize(1);
    PoppedMessage received = popped.messages().getFirst();
    assertThat(ClientFixture.body(received)).isEqualTo("first");
    assertThat(received.message().property("colour")).isEqualTo("blue");
    assertThat(received.message().messageId()).isEqualTo("id-1");
    assertThat(received.deliveryAttempt()).isEqualTo(1);
    assertThat(fixture.ack(group, received)).isEqualTo(AckStatus.OK);
    assertThat(
            fixture.popAll(PopRequest.of(topic, group, 32, 3_000, 500), 1, Duration.ofSeconds(6)))
        .isEmpty();
  }

  @Test
  void whatIsNotAcknowledgedComesAgainWithAHigherCountAndCanBeAcknowledgedThen() {
    // given
    String topic = fixture.newTopic("again", 1);
    String group = TopicNames.unique("group");
    fixture.send(fixture.route(topic).writable(0), "stubborn");

    // when
    PoppedMessage first =
        fixture.popAll(PopRequest.of(topic, group, 32, 1_000, 2_000), 1, PATIENCE).getFirst();
    PoppedMessage second =
        fixture.popAll(PopRequest.of(topic, group, 32, 20_000, 2_000), 1, PATIENCE).getFirst();

    // then
    assertThat(ClientFixture.body(second)).isEqualTo("stubborn");
    assertThat(first.deliveryAttempt()).isEqualTo(1);
    assertThat(second.deliveryAttempt()).isEqualTo(2);
    assertThat(second.topic()).isEqualTo(topic);
    assertThat(fixture.ack(group, second)).isEqualTo(AckStatus.OK);
  }

  @Test
  void aBatchIsStoredAsAWholeAndItsHandlesAreAcknowledgedTogether() {
    // given
    String topic = fixture.newTopic("batch", 1);
    String group = TopicNames.unique("group");
    OutgoingBatch batch =
        new OutgoingBatch(
            "producers",
            0,
            System.currentTimeMillis(),
            List.of(
                ClientFixture.member("one", Map.of("k", "1")),
                ClientFixture.member("two", Map.of("k", "2")),
                ClientFixture.member("three", Map.of("k", "3"))));

    // when
    SendReply sent =
        FutureReply.await(
            reply ->
                fixture
                    .client
                    .sending()
                    .sendBatch(
                        fixture.route(topic).writable(0), batch, ClientFixture.TIMEOUT, reply));
    List<PoppedMessage> popped =
        fixture.popAll(PopRequest.of(topic, group, 32, 2_000, 2_000), 3, PATIENCE);

    // then
    assertThat(sent.offsetMessageIds()).hasSize(3);
    assertThat(popped).extracting(ClientFixture::body).containsExactly("one", "two", "three");
    List<AckStatus> acked =
        FutureReply.await(
            reply ->
                fixture
                    .client
                    .popping()
                    .ackAll(
                        group,
                        topic,
                        popped.stream().map(PoppedMessage::handle).toList(),
                        ClientFixture.TIMEOUT,
                        reply));
    assertThat(acked).containsExactly(AckStatus.OK, AckStatus.OK, AckStatus.OK);
    assertThat(
            fixture.popAll(PopRequest.of(topic, group, 32, 2_000, 500), 1, Duration.ofSeconds(6)))
        .isEmpty();
  }

  @Test
  void aFilteredPopGivesOnlyWhatMatches() {
    // given
    String topic = fixture.newTopic("filter", 1);
    String group = TopicNames.unique("group");
    TopicQueue queue = fixture.route(topic).writable(0);
    for (String tag : List.of("a", "b", "c", "a")) {
      FutureReply.await(
          (Reply<SendReply> reply) ->
              fixture
                  .client
                  .sending()
                  .send(
                      queue,
                      ClientFixture.message("tag " + tag, Map.of("TAGS", tag)),
                      ClientFixture.TIMEOUT,
                      reply));
    }
    PopRequest all = PopRequest.of(topic, group, 32, 30_000, 1_000);
    PopRequest filtered =
        new PopRequest(
            topic, group, -1, 32, 30_000, 1_000, Filter.tags("a || c"), false, null, all.start());

    // when
    List<PoppedMessage> popped = fixture.popAll(filtered, 3, PATIENCE);

    // then
    assertThat(popped).extracting(ClientFixture::body).containsExactly("tag a", "tag c", "tag a");
  }

  @Test
  void anSqlFilterIsJudgedByTheBroker() {
    // given
    String topic = fixture.newTopic("sql", 1);
    String group = TopicNames.unique("group");
    TopicQueue queue = fixture.route(topic).writable(0);
    for (int i = 0; i < 4; i++) {
      OutgoingMessage message =
          ClientFixture.message("n" + i, Map.of("n", Integer.toString(i), "TAGS", "t"));
      FutureReply.await(
          (Reply<SendReply> reply) ->
              fixture.client.sending().send(queue, message, ClientFixture.TIMEOUT, reply));
    }

    // when
    List<PoppedMessage> popped =
        fixture.popAll(
            new PopRequest(
                topic,
                group,
                -1,
                32,
                30_000,
                1_000,
                Filter.sql("n >= 2"),
                false,
                null,
                PopRequest.Start.EARLIEST),
            2,
            PATIENCE);

    // then
    assertThat(popped).extracting(ClientFixture::body).containsExactly("n2", "n3");
  }

  @Test
  void aChangedInvisibleTimeGivesANewHandleThatHoldsTheMessage() {
    // given
    String topic = fixture.newTopic("invisible", 1);
    String group = TopicNames.unique("group");
    fixture.send(fixture.route(topic).writable(0), "held");
    PoppedMessage popped =
        fixture.popAll(PopRequest.of(topic, group, 1, 3_000, 2_000), 1, PATIENCE).getFirst();

    // when
    PopHandle renewed =
        FutureReply.await(
            reply ->
                fixture
                    .client
                    .popping()
                    .changeInvisible(
                        group, topic, popped.handle(), 30_000, ClientFixture.TIMEOUT, reply));

    // then
    assertThat(renewed).isNotEqualTo(popped.handle());
    assertThat(renewed.invisibleMillis()).isEqualTo(30_000);
    assertThat(fixture.popAll(PopRequest.of(topic, group, 1, 1_000, 500), 1, Duration.ofSeconds(7)))
        .isEmpty();
    AckStatus acked =
        FutureReply.await(
            reply ->
                fixture.client.popping().ack(group, topic, renewed, ClientFixture.TIMEOUT, reply));
    assertThat(acked).isEqualTo(AckStatus.OK);
  }

  @Test
  void anOrderedPopBlocksItsQueueUntilWhatIsHeldIsAcknowledged() {
    // given
    String topic = fixture.newTopic("ordered", 1);
    String group = fixture.newGroup(true);
    TopicQueue queue = fixture.route(topic).writable(0);
    for (String body : List.of("1", "2", "3")) {
      fixture.send(queue, body);
    }
    PopRequest request =
        new PopRequest(
            topic,
            group,
            0,
            1,
            30_000,
            500,
            Filter.ALL,
            true,
            "attempt-1",
            PopRequest.Start.EARLIEST);
    PopRequest another =
        new PopRequest(
            topic, group, 0, 1, 30_000, 500, Filter.ALL, true, "attempt-2", request.start());

    // when
    PoppedMessage first = fixture.popAll(request, 1, PATIENCE).getFirst();
    PopReply blocked = fixture.pop(another);
    PoppedMessage sameAgain = fixture.popAll(request, 1, PATIENCE).getFirst();
    AckStatus acked = fixture.ack(group, sameAgain);
    PoppedMessage second = fixture.popAll(another, 1, PATIENCE).getFirst();

    // then
    assertThat(ClientFixture.body(first)).isEqualTo("1");
    assertThat(blocked.messages()).isEmpty();
    assertThat(ClientFixture.body(sameAgain)).isEqualTo("1");
    assertThat(acked).isEqualTo(AckStatus.OK);
    assertThat(ClientFixture.body(second)).isEqualTo("2");
  }

  @Test
  void aWaitingPopIsAnsweredWhenAMessageComes() throws Exception {
    // given
    String topic = fixture.newTopic("waiting", 1);
    String group = TopicNames.unique("group");
    FutureReply<PopReply> waiting =
        FutureReply.of(
            reply ->
                fixture
                    .client
                    .popping()
                    .pop(PopRequest.of(topic, group, 1, 30_000, 10_000), reply));

    // when
    fixture.send(fixture.route(topic).writable(0), "wake up");

    // then
    assertThat(waiting.get().messages()).extracting(ClientFixture::body).containsExactly("wake up");
  }

  @Test
  void aPopWithoutMessagesEndsWhenItsWaitIsOver() {
    String topic = fixture.newTopic("empty", 1);
    PopReply reply = fixture.pop(PopRequest.of(topic, TopicNames.unique("group"), 1, 1_000, 300));
    assertThat(reply.status()).isEqualTo(PopReply.Status.NOT_FOUND);
  }

  @Test
  void aNewGroupStartsWhereItsOffsetsWereCommitted() {
    // given
    String topic = fixture.newTopic("start", 2);
    String group = fixture.newGroup(false);
    Route route = fixture.route(topic);
    fixture.send(route.writable(0), "old");
    fixture.send(route.writable(1), "old");
    Offsets offsets = fixture.client.offsets();

    // when
    for (TopicQueue queue : route.readableQueues()) {
      assertThat(FutureReply.<Long>await(reply -> offsets.committed(group, queue, reply)))
          .isEqualTo(Offsets.NONE);
      // A broker files what it has stored a little later.
      long end =
          Awaitility.await()
              .until(
                  () -> FutureReply.<Long>await(reply -> offsets.max(queue, reply)),
                  max -> max == 1);
      FutureReply.await((Reply<Done> reply) -> offsets.commit(group, queue, end, reply));
      assertThat(FutureReply.<Long>await(reply -> offsets.committed(group, queue, reply)))
          .isEqualTo(end);
    }
    fixture.send(route.writable(1), "new");
    PopRequest request = PopRequest.of(topic, group, 32, 30_000, 500);
    List<PoppedMessage> popped = fixture.popAll(request, 1, PATIENCE);
    popped.addAll(fixture.popAll(request, 1, Duration.ofSeconds(2)));

    // then
    assertThat(popped).extracting(ClientFixture::body).containsExactly("new");
    assertThat(FutureReply.<Long>await(reply -> offsets.min(route.readable(0), reply))).isZero();
    assertThat(
            FutureReply.<Long>await(
                reply -> offsets.byTime(route.readable(0), System.currentTimeMillis(), reply)))
        .isBetween(0L, 1L);
  }
}
