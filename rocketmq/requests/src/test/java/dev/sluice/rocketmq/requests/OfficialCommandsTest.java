package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.wire.FrameDecoder;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.Language;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.rocketmq.common.MQVersion;
import org.apache.rocketmq.common.attribute.AttributeParser;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.SerializeType;
import org.apache.rocketmq.remoting.protocol.body.BatchAckMessageRequestBody;
import org.apache.rocketmq.remoting.protocol.header.AckMessageRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.ChangeInvisibleTimeRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.CreateTopicRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.GetMaxOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.GetMinOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.GetTopicConfigRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.NotificationRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.NotificationResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.PopMessageRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.QueryConsumerOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.SearchOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.SendMessageRequestHeaderV2;
import org.apache.rocketmq.remoting.protocol.header.UnregisterClientRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.UpdateConsumerOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.namesrv.GetRouteInfoRequestHeader;
import org.apache.rocketmq.remoting.protocol.heartbeat.ConsumeType;
import org.apache.rocketmq.remoting.protocol.heartbeat.HeartbeatData;
import org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RocketMQ's own code reads what is written here, and what it writes is read here. */
class OfficialCommandsTest {
  private static final PopHandle HANDLE =
      new PopHandle(100, 1_700_000_000_000L, 30_000, 3, TopicKind.RETRY, "broker-a", 2, 105);

  /** Writes a request and lets RocketMQ's decoder read it, as a broker would. */
  private static org.apache.rocketmq.remoting.protocol.RemotingCommand official(
      Request<?> request, HeaderForm form) throws Exception {
    ByteBuf out = Unpooled.buffer();
    new FrameEncoder(form).encode(request, 42, false, out);
    assertThat(out.readInt()).isEqualTo(out.readableBytes());
    return org.apache.rocketmq.remoting.protocol.RemotingCommand.decode(out);
  }

  private static <T extends org.apache.rocketmq.remoting.CommandCustomHeader> T header(
      Request<?> request, Class<T> type) throws Exception {
    return official(request, HeaderForm.JSON).decodeCommandCustomHeader(type);
  }

  private static byte[] body(Request<?> request) throws Exception {
    return official(request, HeaderForm.JSON).getBody();
  }

  @ParameterizedTest
  @EnumSource
  void officialReadsSend(HeaderForm form) throws Exception {
    String properties =
        MessageProperties.encode(Map.of("KEYS", "a \"quoted\\\" key, \u00e4\u4e2d"));
    SendMessage request =
        new SendMessage(
            "group",
            "topic",
            7,
            0x301,
            1_700_000_000_000L,
            -1,
            properties,
            2,
            "broker-a",
            bytes(),
            new TopicTemplate("template", 9));

    org.apache.rocketmq.remoting.protocol.RemotingCommand command = official(request, form);

    assertThat(command.getSerializeTypeCurrentRPC())
        .isEqualTo(form == HeaderForm.JSON ? SerializeType.JSON : SerializeType.ROCKETMQ);
    assertThat(command.getCode()).isEqualTo(310);
    assertThat(command.getOpaque()).isEqualTo(42);
    assertThat(command.getVersion()).isEqualTo(MQVersion.CURRENT_VERSION);
    assertThat(command.getFlag()).isZero();
    assertThat(command.getBody()).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
    SendMessageRequestHeaderV2 header =
        command.decodeCommandCustomHeader(SendMessageRequestHeaderV2.class);
    assertThat(header.getA()).isEqualTo("group");
    assertThat(header.getB()).isEqualTo("topic");
    assertThat(header.getC()).isEqualTo("template");
    assertThat(header.getD()).isEqualTo(9);
    assertThat(header.getE()).isEqualTo(7);
    assertThat(header.getF()).isEqualTo(0x301);
    assertThat(header.getG()).isEqualTo(1_700_000_000_000L);
    assertThat(header.getH()).isEqualTo(-1);
    assertThat(header.getI()).isEqualTo(properties);
    assertThat(header.getJ()).isEqualTo(2);
    assertThat(header.isM()).isFalse();
    assertThat(command.getExtFields().get("n")).isEqualTo("broker-a");
  }

  private static ByteBuffer bytes() {
    return ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void officialReadsPopAsJsonAlsoWhenBinaryIsWanted() throws Exception {
    PopMessage request =
        new PopMessage(
            "broker-a",
            "g",
            "t",
            -1,
            32,
            30_000,
            15_000,
            12,
            PopMessage.InitMode.MAX,
            "TAG",
            "*",
            true,
            "attempt");

    org.apache.rocketmq.remoting.protocol.RemotingCommand command =
        official(request, HeaderForm.BINARY);

    assertThat(command.getCode()).isEqualTo(200_050);
    PopMessageRequestHeader header =
        command.decodeCommandCustomHeader(PopMessageRequestHeader.class);
    assertThat(header.getConsumerGroup()).isEqualTo("g");
    assertThat(header.getTopic()).isEqualTo("t");
    assertThat(header.getQueueId()).isEqualTo(-1);
    assertThat(header.getMaxMsgNums()).isEqualTo(32);
    assertThat(header.getInvisibleTime()).isEqualTo(30_000);
    assertThat(header.getPollTime()).isEqualTo(15_000);
    assertThat(header.getBornTime()).isEqualTo(12);
    assertThat(header.getInitMode()).isEqualTo(1);
    assertThat(header.getExpType()).isEqualTo("TAG");
    assertThat(header.getExp()).isEqualTo("*");
    assertThat(header.isOrder()).isTrue();
    assertThat(header.getAttemptId()).isEqualTo("attempt");
  }

  @Test
  void officialReadsAndAnswersWaitsForMessages() throws Exception {
    AwaitMessages request = new AwaitMessages("g", "t", -1, 2_000, 12, "TAG", "a || b", true);

    NotificationRequestHeader header = header(request, NotificationRequestHeader.class);

    assertThat(header.getConsumerGroup()).isEqualTo("g");
    assertThat(header.getTopic()).isEqualTo("t");
    assertThat(header.getQueueId()).isEqualTo(-1);
    assertThat(header.getPollTime()).isEqualTo(2_000);
    assertThat(header.getBornTime()).isEqualTo(12);
    assertThat(header.getExpType()).isEqualTo("TAG");
    assertThat(header.getExp()).isEqualTo("a || b");
    assertThat(header.getOrder()).isTrue();
    assertThat(request.read(notified(true, false))).isEqualTo(AwaitMessages.Answer.MESSAGES);
    assertThat(request.read(notified(false, false))).isEqualTo(AwaitMessages.Answer.NOTHING);
    assertThat(request.read(notified(false, true))).isEqualTo(AwaitMessages.Answer.FULL);
  }

  private static RemotingCommand notified(boolean messages, boolean full) throws Exception {
    var header = new NotificationResponseHeader();
    header.setHasMsg(messages);
    header.setPollingFull(full);
    var answer =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createResponseCommandWithHeader(
            0, header);
    return Objects.requireNonNull(
        new FrameDecoder(FrameLimits.defaults())
            .decode(Unpooled.wrappedBuffer(answer.encode().array())));
  }

  @Test
  void officialReadsAcknowledgements() throws Exception {
    AckMessageRequestHeader ack =
        header(new AckMessage("g", "t", HANDLE), AckMessageRequestHeader.class);
    assertThat(ack.getTopic()).isEqualTo("%RETRY%g_t");
    assertThat(ack.getConsumerGroup()).isEqualTo("g");
    assertThat(ack.getQueueId()).isEqualTo(2);
    assertThat(ack.getOffset()).isEqualTo(105);
    assertThat(ack.getExtraInfo()).isEqualTo(HANDLE.encode());

    ChangeInvisibleTimeRequestHeader change =
        header(
            new ChangeInvisible("g", "t", HANDLE, 10_000), ChangeInvisibleTimeRequestHeader.class);
    assertThat(change.getTopic()).isEqualTo("%RETRY%g_t");
    assertThat(change.getInvisibleTime()).isEqualTo(10_000);
    assertThat(change.getExtraInfo()).isEqualTo(HANDLE.encode());
  }

  @Test
  void officialReadsBatchAcknowledgement() throws Exception {
    PopHandle next =
        new PopHandle(100, 1_700_000_000_000L, 30_000, 3, TopicKind.RETRY, "broker-a", 2, 170);
    PopHandle other =
        new PopHandle(5, 1_700_000_000_000L, 30_000, 3, TopicKind.NORMAL, "broker-a", 1, 5);

    BatchAckMessageRequestBody body =
        BatchAckMessageRequestBody.decode(
            body(BatchAck.of("g", "t", List.of(HANDLE, next, other))),
            BatchAckMessageRequestBody.class);

    assertThat(body.getBrokerName()).isEqualTo("broker-a");
    assertThat(body.getAcks()).hasSize(2);
    var first = body.getAcks().getFirst();
    assertThat(first.getConsumerGroup()).isEqualTo("g");
    assertThat(first.getTopic()).isEqualTo("t");
    assertThat(first.getRetry()).isEqualTo("1");
    assertThat(first.getStartOffset()).isEqualTo(100);
    assertThat(first.getQueueId()).isEqualTo(2);
    assertThat(first.getReviveQueueId()).isEqualTo(3);
    assertThat(first.getPopTime()).isEqualTo(1_700_000_000_000L);
    assertThat(first.getInvisibleTime()).isEqualTo(30_000);
    assertThat(first.getBitSet().stream().boxed()).containsExactly(5, 70);
    assertThat(body.getAcks().get(1).getBitSet().stream().boxed()).containsExactly(0);
  }

  @Test
  void officialReadsOffsetRequests() throws Exception {
    GetMaxOffsetRequestHeader max =
        header(new OffsetRequests.GetMaxOffset("t", 1), GetMaxOffsetRequestHeader.class);
    assertThat(max.getTopic() + max.getQueueId() + max.isCommitted()).isEqualTo("t1true");
    GetMinOffsetRequestHeader min =
        header(new OffsetRequests.GetMinOffset("t", 1), GetMinOffsetRequestHeader.class);
    assertThat(min.getTopic() + min.getQueueId()).isEqualTo("t1");
    SearchOffsetRequestHeader search =
        header(new OffsetRequests.SearchOffset("t", 1, 9), SearchOffsetRequestHeader.class);
    assertThat(search.getTopic() + search.getQueueId() + search.getTimestamp()).isEqualTo("t19");
    QueryConsumerOffsetRequestHeader query =
        header(
            new OffsetRequests.QueryConsumerOffset("g", "t", 1),
            QueryConsumerOffsetRequestHeader.class);
    assertThat(query.getConsumerGroup() + query.getTopic() + query.getQueueId()).isEqualTo("gt1");
    assertThat(query.getSetZeroIfNotFound()).isFalse();
    UpdateConsumerOffsetRequestHeader update =
        header(
            new OffsetRequests.UpdateConsumerOffset("g", "t", 1, 8),
            UpdateConsumerOffsetRequestHeader.class);
    assertThat(update.getConsumerGroup() + update.getTopic() + update.getQueueId())
        .isEqualTo("gt1");
    assertThat(update.getCommitOffset()).isEqualTo(8);
  }

  @Test
  void officialReadsTopicRequests() throws Exception {
    CreateTopicRequestHeader create =
        header(
            new TopicRequests.CreateTopic(TopicConfig.of("t", 8, "FIFO")),
            CreateTopicRequestHeader.class);
    create.checkFields();
    assertThat(create.getTopic()).isEqualTo("t");
    assertThat(create.getReadQueueNums()).isEqualTo(8);
    assertThat(create.getWriteQueueNums()).isEqualTo(8);
    assertThat(create.getPerm()).isEqualTo(6);
    assertThat(create.getOrder()).isFalse();
    assertThat(AttributeParser.parseToMap(create.getAttributes()))
        .isEqualTo(Map.of("+message.type", "FIFO"));
    assertThat(
            header(new TopicRequests.GetTopicConfig("t"), GetTopicConfigRequestHeader.class)
                .getTopic())
        .isEqualTo("t");
    GetRouteInfoRequestHeader route = header(new GetRoute("t"), GetRouteInfoRequestHeader.class);
    assertThat(route.getTopic()).isEqualTo("t");
    assertThat(route.getAcceptStandardJsonOnly()).isTrue();
  }

  @Test
  void officialReadsHeartbeatAndUnregister() throws Exception {
    Heartbeat heartbeat =
        Heartbeat.of(
            "client-1",
            List.of("producers"),
            List.of(
                new Heartbeat.Consumer(
                    "consumers",
                    Heartbeat.ConsumeType.CONSUME_POP,
                    List.of(new Heartbeat.Subscription("t", "TAG", "a || b", 5)))));

    HeartbeatData data = HeartbeatData.decode(body(heartbeat), HeartbeatData.class);

    assertThat(data.getClientID()).isEqualTo("client-1");
    assertThat(data.getProducerDataSet())
        .extracting(producer -> producer.getGroupName())
        .containsExactly("producers");
    var consumer = data.getConsumerDataSet().iterator().next();
    assertThat(consumer.getGroupName()).isEqualTo("consumers");
    assertThat(consumer.getConsumeType()).isEqualTo(ConsumeType.CONSUME_POP);
    var subscription = consumer.getSubscriptionDataSet().iterator().next();
    assertThat(subscription.getTopic()).isEqualTo("t");
    assertThat(subscription.getSubString()).isEqualTo("a || b");
    assertThat(subscription.getTagsSet()).containsExactlyInAnyOrder("a", "b");
    assertThat(subscription.getCodeSet()).containsExactlyInAnyOrder("a".hashCode(), "b".hashCode());
    assertThat(subscription.getSubVersion()).isEqualTo(5);

    UnregisterClientRequestHeader unregister =
        header(
            new UnregisterClient("client-1", null, "consumers"),
            UnregisterClientRequestHeader.class);
    assertThat(unregister.getClientID()).isEqualTo("client-1");
    assertThat(unregister.getProducerGroup()).isNull();
    assertThat(unregister.getConsumerGroup()).isEqualTo("consumers");
  }

  @Test
  void officialReadsGroupConfiguration() throws Exception {
    SubscriptionGroupConfig config =
        RemotingSerializable.decode(
            body(CreateGroup.of("g", true, 5)), SubscriptionGroupConfig.class);

    assertThat(config.getGroupName()).isEqualTo("g");
    assertThat(config.isConsumeMessageOrderly()).isTrue();
    assertThat(config.getRetryMaxTimes()).isEqualTo(5);
    assertThat(config.isConsumeEnable()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatOfficialWrites(HeaderForm form) {
    var official =
        org.apache.rocketmq.remoting.protocol.RemotingCommand.createResponseCommand(
            17, "no \"such\" topic \u4e2d\n");
    official.setOpaque(-7);
    official.setLanguage(org.apache.rocketmq.remoting.protocol.LanguageCode.CPP);
    official.setSerializeTypeCurrentRPC(
        form == HeaderForm.JSON ? SerializeType.JSON : SerializeType.ROCKETMQ);
    HashMap<String, String> fields = new HashMap<>();
    fields.put("queueOffset", "9223372036854775807");
    fields.put("text", "a\u0001b\u0002\t\"\\/ \u00e4");
    official.setExtFields(fields);
    official.setBody("body".getBytes(StandardCharsets.UTF_8));
    ByteBuf in = Unpooled.wrappedBuffer(official.encode());

    RemotingCommand command =
        Objects.requireNonNull(new FrameDecoder(FrameLimits.defaults()).decode(in));

    assertThat(command.code()).isEqualTo(17);
    assertThat(command.opaque()).isEqualTo(-7);
    assertThat(command.isResponse()).isTrue();
    assertThat(command.language()).isEqualTo(Language.CPP);
    assertThat(command.remark()).isEqualTo("no \"such\" topic \u4e2d\n");
    assertThat(command.fields().requireLong("queueOffset")).isEqualTo(Long.MAX_VALUE);
    assertThat(command.fields().get("text")).isEqualTo("a\u0001b\u0002\t\"\\/ \u00e4");
    assertThat(StandardCharsets.UTF_8.decode(command.body().duplicate()).toString())
        .isEqualTo("body");
    assertThat(in.isReadable()).isFalse();
  }
}
