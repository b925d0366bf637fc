package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.LiteSubscription;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.RecallMessage;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.requests.TopicConfig;
import dev.sluice.rocketmq.requests.TopicKind;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What 4.9.7 does not have is refused, and never done in another way than asked for. */
class PulledConversation4Test extends PulledConversationContract {
  PulledConversation4Test() {
    super(RocketMQVersion.V4);
  }

  @Override
  long committedNothing() {
    return 0;
  }

  private void unknownThere(String name, Runnable call) {
    ClientException refused = catchThrowableOfType(ClientException.class, call::run);
    assertThat(refused).as(name).isNotNull();
    assertThat(refused.code()).as(name).isEqualTo(ResponseCode.REQUEST_CODE_NOT_SUPPORTED);
    assertThat(refused.category()).as(name).isEqualTo(FailureCategory.INVALID_ARGUMENT);
    assertThat(refused)
        .hasMessageContaining(name)
        .hasMessageContaining("expected: a later version of RocketMQ there");
  }

  @Test
  void popsAndWhatFollowsThemAreRefused() {
    String topic = fixture.newTopic("pops", 1);
    String broker = fixture.route(topic).writable(0).broker().name();
    PopHandle handle = new PopHandle(0, 1_000, 30_000, 1, TopicKind.NORMAL, broker, 0, 0);
    Popping popping = fixture.client.popping();

    unknownThere("POP_MESSAGE", () -> fixture.pop(PopRequest.of(topic, "group", 1, 1_000, 100)));
    unknownThere(
        "ACK_MESSAGE",
        () ->
            FutureReply.await(
                (Reply<AckStatus> reply) ->
                    popping.ack("group", topic, handle, ClientFixture.TIMEOUT, reply)));
    unknownThere(
        "CHANGE_MESSAGE_INVISIBLETIME",
        () ->
            FutureReply.await(
                (Reply<PopHandle> reply) ->
                    popping.changeInvisible(
                        "group", topic, handle, 1_000, ClientFixture.TIMEOUT, reply)));
    assertThat(
            FutureReply.<List<AckStatus>>await(
                reply ->
                    popping.ackAll(
                        "group", topic, List.of(handle, handle), ClientFixture.TIMEOUT, reply)))
        .containsOnly(AckStatus.FAILED);
  }

  @Test
  void recallsLiteTopicsAndConfigurationsOfTopicsAreRefused() {
    String topic = fixture.newTopic("refusals", 1);
    Broker broker = fixture.route(topic).writable(0).broker();

    unknownThere(
        "RECALL_MESSAGE",
        () ->
            FutureReply.await(
                (Reply<String> reply) ->
                    fixture
                        .client
                        .commands()
                        .call(
                            Objects.requireNonNull(broker.master()),
                            new RecallMessage("producers", topic, "handle", broker.name()),
                            Commands.Effect.CHANGES,
                            ClientFixture.TIMEOUT,
                            reply)));
    LiteSubscription change =
        LiteSubscription.of(
            LiteSubscription.Action.PARTIAL_ADD, "client", "group", topic, List.of("a"), null, 1);
    unknownThere(
        "LITE_SUBSCRIPTION_CTL",
        () ->
            FutureReply.await(
                (Reply<Done> reply) -> fixture.client.lites().change(topic, change, reply)));
    unknownThere(
        "GET_TOPIC_CONFIG",
        () ->
            FutureReply.await(
                (Reply<TopicConfig> reply) ->
                    fixture.client.administration().topicConfig(topic, reply)));
  }

  @Test
  void messagesForATimeAndOfLiteTopicsAreNotSentAtAll() {
    TopicQueue queue = fixture.route(fixture.newTopic("timed", 1)).writable(0);
    String soon = Long.toString(System.currentTimeMillis() + 60_000);

    for (Map<String, String> properties :
        List.of(
            Map.of("TIMER_DELIVER_MS", soon),
            Map.of("TIMER_DELAY_MS", "60000"),
            Map.of("TIMER_DELAY_SEC", "60"),
            Map.of("__LITE_TOPIC", "a"))) {
      ClientException refused =
          catchThrowableOfType(
              ClientException.class, () -> send(queue, ClientFixture.message("now?", properties)));
      assertThat(refused).as(properties.toString()).isNotNull();
      assertThat(refused.category()).isEqualTo(FailureCategory.INVALID_ARGUMENT);
      assertThat(refused)
          .hasMessageContaining("property: " + properties.keySet().iterator().next())
          .hasMessageContaining("V4_9_7")
          .hasMessageContaining("expected: RocketMQ 5");
    }

    SendReply sent =
        send(queue, ClientFixture.message("first", Map.of("note", "TIMER_DELIVER_MS")));
    assertThat(sent.queueOffset()).isZero();
  }
}
