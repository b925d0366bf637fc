package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.rocketmq.common.UtilAll;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.body.ClusterInfo;
import org.apache.rocketmq.remoting.protocol.body.KVTable;
import org.apache.rocketmq.remoting.protocol.body.TopicList;
import org.apache.rocketmq.remoting.protocol.header.ExtraInfoUtil;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies: what RocketMQ's own code writes is read here, and the other way round. */
class OfficialMessagesTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsStoredMessagesThatOfficialWrites(boolean v6) throws Exception {
    MessageExt official = new MessageExt();
    official.setTopic("%RETRY%g_topic");
    official.setQueueId(4);
    official.setQueueOffset(1L << 40);
    official.setCommitLogOffset(1L << 41);
    official.setFlag(-3);
    official.setBornTimestamp(1_700_000_000_001L);
    official.setStoreTimestamp(1_700_000_000_002L);
    official.setBornHost(new InetSocketAddress(v6 ? "fe80::1" : "10.0.0.1", 1234));
    official.setStoreHost(new InetSocketAddress(v6 ? "fe80::2" : "10.0.0.2", 10_911));
    official.setReconsumeTimes(6);
    official.setPreparedTransactionOffset(99);
    official.setBody("k\u00f6rper".getBytes(StandardCharsets.UTF_8));
    official.setBodyCRC(UtilAll.crc32(official.getBody()));
    official.setSysFlag(v6 ? SystemFlags.BORN_HOST_V6 | SystemFlags.STORE_HOST_V6 : 0);
    MessageAccessor.setProperties(official, new HashMap<>(Map.of("KEYS", "k", "a", "\u00e4")));
    byte[] bytes = MessageDecoder.encode(official, false);

    List<StoredMessage> messages = StoredMessages.decode(ByteBuffer.wrap(bytes));

    assertThat(messages).hasSize(1);
    StoredMessage message = messages.getFirst();
    assertThat(message.topic()).isEqualTo("%RETRY%g_topic");
    assertThat(message.queueId()).isEqualTo(4);
    assertThat(message.queueOffset()).isEqualTo(1L << 40);
    assertThat(message.commitLogOffset()).isEqualTo(1L << 41);
    assertThat(message.flag()).isEqualTo(-3);
    assertThat(message.bornTimestamp()).isEqualTo(1_700_000_000_001L);
    assertThat(message.storeTimestamp()).isEqualTo(1_700_000_000_002L);
    assertThat(message.bornHost()).isEqualTo(official.getBornHost());
    assertThat(message.storeHost()).isEqualTo(official.getStoreHost());
    assertThat(message.reconsumeTimes()).isEqualTo(6);
    assertThat(message.preparedTransactionOffset()).isEqualTo(99);
    assertThat(message.properties()).isEqualTo(Map.of("KEYS", "k", "a", "\u00e4"));
    assertThat(text(message.body().require())).isEqualTo("k\u00f6rper");
    assertThat(message.offsetMessageId())
        .isEqualTo(
            MessageDecoder.createMessageId(official.getStoreHost(), official.getCommitLogOffset()));
    assertThat(OffsetMessageId.commitLogOffset(message.offsetMessageId())).isEqualTo(1L << 41);
  }

  @Test
  void officialReadsWhatTheTestsTakeForStoredMessages() {
    StoredBytes bytes = StoredBytes.message().topic("t".repeat(200)).property("KEYS", "k");

    MessageExt official = MessageDecoder.decode(ByteBuffer.wrap(bytes.write()));

    assertThat(official.getTopic()).isEqualTo("t".repeat(200));
    assertThat(official.getKeys()).isEqualTo("k");
    assertThat(official.getBody()).isEqualTo("body".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void inflatesWhatOfficialCompresses() throws Exception {
    byte[] content = "abc".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    byte[] zlib =
        org.apache.rocketmq.common.compression.CompressorFactory.getCompressor(
                org.apache.rocketmq.common.compression.CompressionType.ZLIB)
            .compress(content, 5);
    StoredBytes bytes =
        StoredBytes.message()
            .body(zlib, SystemFlags.COMPRESSED | SystemFlags.COMPRESSION_ZLIB)
            .crc(UtilAll.crc32(zlib));

    StoredMessage message = StoredMessages.decode(StoredBytes.all(bytes)).getFirst();

    assertThat(text(message.body().require())).isEqualTo("abc".repeat(10_000));
  }

  @Test
  void officialReadsBatches() throws Exception {
    SendBatch batch =
        new SendBatch(
            "g",
            "t",
            0,
            0,
            1,
            null,
            List.of(
                SendBatch.Member.of(
                    9,
                    MessageProperties.encode(Map.of("KEYS", "\u4e2d")),
                    ByteBuffer.wrap(bytes("one"))),
                SendBatch.Member.of(0, "", ByteBuffer.wrap(bytes("")))));
    ByteBuf out = Unpooled.buffer();
    batch.writeBody(out);
    assertThat(out.readableBytes()).isEqualTo(batch.bodyLength());

    List<Message> messages = MessageDecoder.decodeMessages(out.nioBuffer());

    assertThat(messages).hasSize(2);
    assertThat(messages.getFirst().getBody()).isEqualTo(bytes("one"));
    assertThat(messages.getFirst().getFlag()).isEqualTo(9);
    assertThat(messages.getFirst().getProperties()).isEqualTo(Map.of("KEYS", "\u4e2d"));
    assertThat(messages.get(1).getBody()).isEmpty();
  }

  @Test
  void propertiesAreWrittenAndReadAlike() {
    Map<String, String> properties = Map.of("KEYS", "a b", "\u00e4", "\u4e2d=1", "x", "y");

    assertThat(MessageDecoder.string2messageProperties(MessageProperties.encode(properties)))
        .isEqualTo(properties);
    assertThat(MessageProperties.decode(MessageDecoder.messageProperties2String(properties)))
        .isEqualTo(properties);
  }

  @ParameterizedTest
  @CsvSource({"topic, 0", "%RETRY%g_topic, 1", "%RETRY%g+topic, 2"})
  void handlesAreWrittenAndReadAlike(String storedTopic, int kind) {
    String official =
        ExtraInfoUtil.buildExtraInfo(5, 1_700_000_000_000L, 30_000, 999, storedTopic, "b", 3, 8);

    PopHandle handle = PopHandle.parse(official);

    assertThat(handle.encode()).isEqualTo(official);
    assertThat(handle.kind().number()).isEqualTo(kind);
    assertThat(handle.kind().storedTopic("topic", "g"))
        .isEqualTo(ExtraInfoUtil.getRealTopic(ExtraInfoUtil.split(official), "topic", "g"))
        .isEqualTo(storedTopic);
    assertThat(handle.isOrdered()).isTrue();
  }

  @Test
  void readsRoutesThatOfficialWrites() {
    QueueData queue = new QueueData();
    queue.setBrokerName("broker-a");
    queue.setReadQueueNums(8);
    queue.setWriteQueueNums(4);
    queue.setPerm(6);
    TopicRouteData route = new TopicRouteData();
    route.setQueueDatas(List.of(queue));
    route.setBrokerDatas(
        List.of(
            new BrokerData(
                "cluster",
                "broker-a",
                new HashMap<>(Map.of(0L, "10.0.0.1:10911", 1L, "10.0.0.2:10911")))));
    route.setOrderTopicConf("broker-a:4");
    route.setFilterServerTable(new HashMap<>(Map.of("10.0.0.1:10911", List.of("x"))));

    TopicRoute parsed = TopicRoute.parse(ByteBuffer.wrap(route.encode()));

    assertThat(parsed.queues()).containsExactly(new TopicRoute.QueueData("broker-a", 8, 4, 6, 0));
    assertThat(parsed.brokers())
        .containsExactly(
            new TopicRoute.BrokerData(
                "cluster", "broker-a", Map.of(0L, "10.0.0.1:10911", 1L, "10.0.0.2:10911")));
    assertThat(parsed.brokers().getFirst().master()).isEqualTo("10.0.0.1:10911");
    assertThat(parsed.orderConfiguration()).isEqualTo("broker-a:4");
  }

  @Test
  void readsListsAndTablesThatOfficialWrites() {
    TopicList topics = new TopicList();
    topics.setTopicList(Set.of("a", "b"));
    assertThat(new TopicRequests.ListTopics().read(success(topics.encode())))
        .containsExactlyInAnyOrder("a", "b");

    KVTable table = new KVTable();
    table.setTable(new HashMap<>(Map.of("brokerVersionDesc", "V5_5_0")));
    BrokerRuntime runtime = new BrokerRuntime.Get().read(success(table.encode()));
    assertThat(runtime.version()).isEqualTo("V5_5_0");
    assertThat(runtime.majorVersion()).isEqualTo(5);

    ClusterInfo info = new ClusterInfo();
    info.setBrokerAddrTable(
        Map.of("b", new BrokerData("c", "b", new HashMap<>(Map.of(0L, "h:1")))));
    info.setClusterAddrTable(Map.of("c", Set.of("b")));
    dev.sluice.rocketmq.requests.ClusterInfo parsed =
        new dev.sluice.rocketmq.requests.ClusterInfo.Get().read(success(info.encode()));
    assertThat(parsed.brokers().get("b"))
        .isEqualTo(new TopicRoute.BrokerData("c", "b", Map.of(0L, "h:1")));
    assertThat(parsed.clusters()).isEqualTo(Map.of("c", List.of("b")));
  }

  @Test
  void readsTopicConfigurationThatOfficialWrites() {
    var official = new org.apache.rocketmq.common.TopicConfig("t", 8, 4, 6);
    official.setAttributes(Map.of("message.type", "FIFO"));
    byte[] body = com.alibaba.fastjson.JSON.toJSONBytes(official);

    TopicConfig config = new TopicRequests.GetTopicConfig("t").read(success(body));

    assertThat(config)
        .isEqualTo(new TopicConfig("t", 8, 4, 6, false, Map.of("message.type", "FIFO")));
    assertThat(config.messageType()).isEqualTo("FIFO");
  }

  private static RemotingCommand success(byte[] body) {
    return RemotingCommand.response(0, 1, null, Fields.empty(), ByteBuffer.wrap(body));
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
