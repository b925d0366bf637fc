package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.rocketmq.common.lite.LiteSubscriptionAction;
import org.apache.rocketmq.common.lite.LiteSubscriptionDTO;
import org.apache.rocketmq.common.lite.OffsetOption;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.body.LiteSubscriptionCtlRequestBody;
import org.junit.jupiter.api.Test;

/** What 5.5 brokers and their own makers read and write of lite topics. */
class LiteTopicsTest {
  private static final PopLiteMessage POP =
      new PopLiteMessage("b", "g", "t", "c", 32, 30_000, 1_000, "attempt");

  private static RemotingCommand answer(String orderCounts, StoredBytes... messages) {
    return RemotingCommand.response(
        ResponseCode.SUCCESS,
        1,
        null,
        Fields.of(
            "popTime",
            "1700000000000",
            "invisibleTime",
            "30000",
            "reviveQid",
            "999",
            "orderCountInfo",
            orderCounts),
        StoredBytes.all(messages));
  }

  private static StoredBytes message(String liteTopic, String offset) {
    return StoredBytes.message()
        .topic("t")
        .at(2, 1_000)
        .property("__LITE_TOPIC", liteTopic)
        .property("INNER_MULTI_QUEUE_OFFSET", offset);
  }

  @Test
  void aPopBringsHandlesOfLiteTopics() {
    PopReply reply =
        POP.read(answer("0;3;0 7 2", message("a", "7"), message("a", "8"), message("b", "0")));

    assertThat(reply.messages())
        .extracting(PoppedMessage::deliveryAttempt)
        .containsExactly(1, 4, 3);
    assertThat(reply.messages())
        .extracting(popped -> popped.handle().encode())
        .containsExactly(
            "0 1700000000000 30000 999 0 b 0 7 lite=a",
            "0 1700000000000 30000 999 0 b 0 8 lite=a",
            "0 1700000000000 30000 999 0 b 0 0 lite=b");
    for (PoppedMessage popped : reply.messages()) {
      assertThat(PopHandle.parse(popped.handle().encode())).isEqualTo(popped.handle());
    }
  }

  @Test
  void countsThatDoNotFitCountNothing() {
    for (String counts : List.of("", "1", "1;2;3", "x;-4")) {
      assertThat(POP.read(answer(counts, message("a", "7"), message("a", "8"))).messages())
          .extracting(PoppedMessage::deliveryAttempt)
          .as(counts)
          .containsExactly(1, 1);
    }
  }

  @Test
  void whatIsNoMessageOfALiteTopicIsRefused() {
    for (StoredBytes wrong :
        List.of(
            StoredBytes.message(), message("a b", "7"), message("a", "1,2"), message("a", ""))) {
      assertThatThrownBy(() -> POP.read(answer("0", wrong))).isInstanceOf(WireException.class);
    }
    assertThatThrownBy(
            () ->
                POP.read(
                    RemotingCommand.response(
                        ResponseCode.INVALID_PARAMETER,
                        1,
                        "not bound",
                        Fields.empty(),
                        ByteBuffer.allocate(0))))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("not bound");
  }

  @Test
  void acknowledgementsNameTheLiteTopicApart() {
    PopHandle handle = PopHandle.parse("0 1700000000000 30000 999 0 b 0 7 lite=a");
    Fields.Builder ack = Fields.builder();
    Fields.Builder change = Fields.builder();

    new AckMessage("g", "t", handle).writeFields(ack);
    new ChangeInvisible("g", "t", handle, 1).writeFields(change);

    for (Fields fields : List.of(ack.build(), change.build())) {
      assertThat(fields.get("liteTopic")).isEqualTo("a");
      assertThat(fields.get("extraInfo")).isEqualTo("0 1700000000000 30000 999 0 b 0 7");
      assertThat(fields.get("offset")).isEqualTo("7");
      assertThat(fields.get("topic")).isEqualTo("t");
    }
    RemotingCommand renewed =
        RemotingCommand.response(
            ResponseCode.SUCCESS,
            1,
            null,
            Fields.of("popTime", "1700000000000", "invisibleTime", "60000", "reviveQid", "999"),
            ByteBuffer.allocate(0));
    assertThat(new ChangeInvisible("g", "t", handle, 1).read(renewed).liteTopic()).isEqualTo("a");
  }

  @Test
  void aNinthPartThatIsNoLiteTopicIsPassedOver() {
    assertThat(PopHandle.parse("0 1 2 3 0 b 0 7 4711").liteTopic()).isNull();
    assertThatThrownBy(() -> PopHandle.parse("0 1 2 3 0 b 0 7 lite=a/b"))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("lite topic: \"a/b\"");
  }

  @Test
  void subscriptionsAreReadByTheOfficialBroker() {
    LiteSubscription request =
        LiteSubscription.of(
            LiteSubscription.Action.PARTIAL_ADD,
            "c",
            "g",
            "t",
            List.of("a", "b"),
            new LiteSubscription.Start(LiteSubscription.Start.Kind.TAIL_N, 5),
            42);
    assertThat(request.code()).isEqualTo(RequestCode.LITE_SUBSCRIPTION_CTL);

    LiteSubscriptionDTO read =
        RemotingSerializable.decode(body(request), LiteSubscriptionCtlRequestBody.class)
            .getSubscriptionSet()
            .iterator()
            .next();

    assertThat(read.getAction()).isEqualTo(LiteSubscriptionAction.PARTIAL_ADD);
    assertThat(read.getClientId()).isEqualTo("c");
    assertThat(read.getGroup()).isEqualTo("g");
    assertThat(read.getTopic()).isEqualTo("t");
    assertThat(read.getLiteTopicSet()).isEqualTo(Set.of("a", "b"));
    assertThat(read.getOffsetOption().getType()).isEqualTo(OffsetOption.Type.TAIL_N);
    assertThat(read.getOffsetOption().getValue()).isEqualTo(5);
    assertThat(read.getVersion()).isEqualTo(42);
  }

  private static byte[] body(LiteSubscription request) {
    ByteBuf out = Unpooled.buffer();
    request.writeBody(out);
    byte[] body = new byte[out.readableBytes()];
    out.readBytes(body);
    return body;
  }

  @Test
  void whatIsTakenAwayIsRead() {
    RemotingCommand told =
        RemotingCommand.request(
            RequestCode.NOTIFY_UNSUBSCRIBE_LITE,
            1,
            Fields.of("consumerGroup", "g", "clientId", "c", "liteTopic", "a"));

    assertThat(LiteTakenAway.read(told)).isEqualTo(new LiteTakenAway("g", "c", "a"));
  }

  @Test
  void whatAGroupHasToDoWithLiteTopicsIsInItsAttributes() {
    assertThat(group("{\"groupName\":\"g\",\"attributes\":{}}").lite()).isNull();
    assertThat(group("{\"groupName\":\"g\",\"attributes\":null}").lite()).isNull();
    assertThat(group("{\"groupName\":\"g\",\"attributes\":{\"lite.bind.topic\":\"t\"}}").lite())
        .isEqualTo(new GroupConfig.Lite("t", 2000));
    assertThat(
            group(
                    "{\"groupName\":\"g\",\"attributes\":{\"lite.sub.client.quota\":\"7\","
                        + "\"lite.bind.topic\":\"t\",\"lite.sub.model\":\"Shared\"}}")
                .lite())
        .isEqualTo(new GroupConfig.Lite("t", 7));
  }

  private static GroupConfig group(String json) {
    return GroupConfig.parse(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
  }
}
