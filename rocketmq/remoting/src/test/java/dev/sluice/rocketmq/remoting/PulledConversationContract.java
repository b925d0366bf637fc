package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How messages go to a real broker and are read from its queues, which either version can. */
abstract class PulledConversationContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SharedEngine engine;
  ClientFixture fixture;

  PulledConversationContract(RocketMQVersion version) {
    engine = SharedEngine.of(version);
  }

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = ClientFixture.start(engine.nameServerAddress(), ledger);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** What a broker says of a group that has committed nothing, for a queue that is young. */
  abstract long committedNothing();

  SendReply send(TopicQueue queue, OutgoingMessage message) {
    return FutureReply.await(
        reply -> fixture.client.sending().send(queue, message, ClientFixture.TIMEOUT, reply));
  }

  private List<StoredMessage> pull(TopicQueue queue, Filter filter, int count) {
    return fixture.pullAll(queue, fixture.newGroup(false), filter, 0, count, PATIENCE);
  }

  @Test
  void whatIsSentIsReadWithItsPropertiesFromItsQueue() {
    Route route = fixture.route(fixture.newTopic("orders", 4));

    SendReply sent =
        send(
            route.writable(2),
            ClientFixture.message("first", Map.of("TAGS", "a", "colour", "blue", "UNIQ_KEY", "1")));
    List<StoredMessage> pulled = pull(route.readable(2), Filter.ALL, 1);

    assertThat(sent.status()).isEqualTo(SendReply.Status.STORED);
    assertThat(sent.queueId()).isEqualTo(2);
    assertThat(sent.offsetMessageIds()).hasSize(1);
    assertThat(pulled).hasSize(1);
    StoredMessage message = pulled.getFirst();
    assertThat(ClientFixture.body(message)).isEqualTo("first");
    assertThat(message.property("colour")).isEqualTo("blue");
    assertThat(message.messageId()).isEqualTo("1");
    assertThat(message.offsetMessageId()).isEqualTo(sent.offsetMessageIds().getFirst());
  }

  @Test
  void aBatchIsStoredAsAWhole() {
    Route route = fixture.route(fixture.newTopic("batch", 1));
    OutgoingBatch batch =
        new OutgoingBatch(
            "producers",
            0,
            System.currentTimeMillis(),
            List.of(
                ClientFixture.member("one", Map.of("k", "1")),
                ClientFixture.member("two", Map.of("k", "2")),
                ClientFixture.member("three", Map.of("k", "3"))));

    SendReply sent =
        FutureReply.await(
            reply ->
                fixture
                    .client
                    .sending()
                    .sendBatch(route.writable(0), batch, ClientFixture.TIMEOUT, reply));

    assertThat(sent.offsetMessageIds()).hasSize(3);
    assertThat(pull(route.readable(0), Filter.ALL, 3))
        .extracting(ClientFixture::body)
        .containsExactly("one", "two", "three");
  }

  @Test
  void filtersOfTagsAndOfSqlAreJudgedByTheBroker() {
    Route route = fixture.route(fixture.newTopic("filters", 1));
    for (int i = 0; i < 4; i++) {
      send(
          route.writable(0),
          ClientFixture.message(
              "n" + i, Map.of("n", Integer.toString(i), "TAGS", i % 2 == 0 ? "even" : "odd")));
    }

    assertThat(pull(route.readable(0), Filter.tags("odd || other"), 2))
        .extracting(ClientFixture::body)
        .containsExactly("n1", "n3");
    assertThat(pull(route.readable(0), Filter.sql("n >= 2"), 2))
        .extracting(ClientFixture::body)
        .containsExactly("n2", "n3");
  }

  @Test
  void aWaitingPullIsAnsweredWhenAMessageComes() throws Exception {
    Route route = fixture.route(fixture.newTopic("waiting", 1));
    String group = fixture.newGroup(false);
    FutureReply<PullReply> waiting =
        FutureReply.of(
            reply ->
                fixture
                    .client
                    .pulling()
                    .pull(group, route.readable(0), 0, 1, 20_000, Filter.ALL, reply));

    fixture.send(route.writable(0), "wake up");

    assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).messages())
        .extracting(ClientFixture::body)
        .containsExactly("wake up");
  }

  @Test
  void aDelayLevelHoldsAMessageBack() {
    Route route = fixture.route(fixture.newTopic("delayed", 1));
    long before = System.currentTimeMillis();

    send(route.writable(0), ClientFixture.message("later", Map.of("DELAY", "1")));
    List<StoredMessage> pulled = pull(route.readable(0), Filter.ALL, 1);

    assertThat(pulled).extracting(ClientFixture::body).containsExactly("later");
    // The first level is one second.
    assertThat(pulled.getFirst().storeTimestamp() - before).isGreaterThanOrEqualTo(900);
  }

  @Test
  void aGroupKeepsWhereItIs() {
    String topic = fixture.newTopic("offsets", 2);
    String group = fixture.newGroup(false);
    Route route = fixture.route(topic);
    Offsets offsets = fixture.client.offsets();
    long before = System.currentTimeMillis();
    fixture.send(route.writable(0), "first");
    fixture.send(route.writable(0), "second");

    TopicQueue queue = route.readable(0);
    assertThat(FutureReply.<Long>await(reply -> offsets.committed(group, queue, reply)))
        .isEqualTo(committedNothing());
    assertThat(FutureReply.<Long>await(reply -> offsets.min(queue, reply))).isZero();
    assertThat(pull(queue, Filter.ALL, 2)).hasSize(2);
    assertThat(FutureReply.<Long>await(reply -> offsets.max(queue, reply))).isEqualTo(2);
    assertThat(FutureReply.<Long>await(reply -> offsets.byTime(queue, before - 60_000, reply)))
        .isZero();
    FutureReply.await((Reply<Done> reply) -> offsets.commit(group, queue, 2, reply));
    assertThat(FutureReply.<Long>await(reply -> offsets.committed(group, queue, reply)))
        .isEqualTo(2);
  }
}
