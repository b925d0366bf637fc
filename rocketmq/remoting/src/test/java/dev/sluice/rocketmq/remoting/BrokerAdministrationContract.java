package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real broker tells of topics, groups, itself and why it refuses something. */
abstract class BrokerAdministrationContract {
  final SharedEngine engine;
  ClientFixture fixture;

  BrokerAdministrationContract(RocketMQVersion version) {
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

  @Test
  void aMissingTopicHasAProvisionalRouteWhereBrokersMakeTopicsOnFirstUse() {
    // given
    String topic = TopicNames.unique("unborn");

    // when
    ClientException missing =
        catchThrowableOfType(ClientException.class, () -> fixture.route(topic));
    Route provisional =
        FutureReply.await(reply -> fixture.client.routes().lookupForSend(topic, reply));

    // then
    assertThat(missing.category()).isEqualTo(FailureCategory.NOT_FOUND);
    assertThat(provisional.provisional()).isTrue();
    assertThat(provisional.writableCount()).isEqualTo(4);
    assertThat(fixture.client.routes().cached(topic)).isNull();
    SendReply sent = fixture.send(provisional.writable(1), "first");
    assertThat(sent.queueId()).isEqualTo(1);
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(fixture.route(topic).writableCount()).isEqualTo(4));
  }

  @Test
  void topicsAreListedAndDeleted() {
    String topic = fixture.newTopic("listed", 3);
    Administration administration = fixture.client.administration();

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(FutureReply.<List<String>>await(administration::listTopics))
                    .contains(topic));
    FutureReply.await((Reply<Done> reply) -> administration.deleteTopic(topic, reply));
    assertThat(catchThrowableOfType(ClientException.class, () -> fixture.route(topic)).category())
        .isEqualTo(FailureCategory.NOT_FOUND);
  }

  @Test
  void keysStayWithTheirQueueAndSpreadOverAll() {
    Route route = fixture.route(fixture.newTopic("keys", 8));
    Set<TopicQueue> used = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      String key = "key-" + i;
      assertThat(route.writableFor(key)).isSameAs(route.writableFor(key));
      used.add(route.writableFor(key));
    }
    assertThat(used).hasSize(8);
  }

  @Test
  void aRefusalTellsItsCodeAndCategory() {
    // given
    String topic = fixture.newTopic("refused", 1);
    TopicQueue none = new TopicQueue(topic, fixture.route(topic).writable(0).broker(), 77);

    // when
    ClientException failure =
        catchThrowableOfType(ClientException.class, () -> fixture.send(none, "lost"));

    // then
    assertThat(failure).hasMessageContaining("77");
    assertThat(failure.code()).isPositive();
    checkRefusal(failure);
  }

  @Test
  void brokersSeeTheGroupsOfThisClientUntilItLeaves() {
    // given
    String group = TopicNames.unique("members");
    String topic = fixture.newTopic("members", 1);
    Endpoint broker = Endpoint.parse(engine.brokerAddress());

    // when
    FutureReply.<Done>await(
        reply ->
            fixture.client.memberships().joinConsumers(group, topic, Filter.tags("a || b"), reply));
    fixture.client.memberships().joinProducers(group);

    // then
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(members(broker, group)).contains(fixture.client.options().clientId()));
    FutureReply.<Done>await(reply -> fixture.client.memberships().leave(group, reply));
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        catchThrowableOfType(ClientException.class, () -> members(broker, group)))
                    .hasMessageContaining("no consumer for this group"));
  }

  /** What else the version says of a queue that there is not. */
  abstract void checkRefusal(ClientException failure);

  private String members(Endpoint broker, String group) {
    Request<String> members =
        new Request<>() {
          @Override
          public int code() {
            return RequestCode.GET_CONSUMER_LIST_BY_GROUP;
          }

          @Override
          public void writeFields(FieldWriter out) {
            out.field("consumerGroup", group);
          }

          @Override
          public String read(RemotingCommand response) {
            response.requireSuccess(code());
            return StandardCharsets.UTF_8.decode(response.body().duplicate()).toString();
          }
        };
    return FutureReply.await(
        reply ->
            fixture
                .client
                .commands()
                .call(broker, members, Commands.Effect.READS, ClientFixture.TIMEOUT, reply));
  }
}
