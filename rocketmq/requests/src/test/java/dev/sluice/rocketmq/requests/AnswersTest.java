package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.WireException;
import dev.sluice.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
  private static RemotingCommand answer(int code, Fields fields, String body) {
    return RemotingCommand.response(
        code, 1, "remark", fields, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static TopicRoute route(String json) {
    return new GetRoute("t").read(answer(0, Fields.empty(), json));
  }

  @ParameterizedTest
  @CsvSource({
    "0, STORED",
    "10, FLUSH_DISK_TIMEOUT",
    "11, REPLICA_NOT_AVAILABLE",
    "12, FLUSH_REPLICA_TIMEOUT",
  })
  void aSendThatStoredSaysHowSafely(int code, SendReply.Status status) {
    Fields fields = Fields.of("msgId", "A,B", "queueId", "3", "queueOffset", "12");
    SendBatch batch =
        new SendBatch(
            "g", "t", 3, 0, 1, null, List.of(SendBatch.Member.of(0, "", ByteBuffer.allocate(1))));

    SendReply reply = batch.read(answer(code, fields, ""));

    assertThat(reply).isEqualTo(new SendReply(status, List.of("A", "B"), 3, 12, null, null));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 14, 215, 604, 1500, -1000})
  void aSendThatDidNotIsRefused(int code) {
    SendMessage request = SendMessage.of("g", "t", 0, 1, "", ByteBuffer.allocate(0));

    assertThatThrownBy(() -> request.read(answer(code, Fields.empty(), "")))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.responseCode()).isEqualTo(code));
  }

  @Test
  void aSendWithoutAnIdIsBroken() {
    SendMessage request = SendMessage.of("g", "t", 0, 1, "", ByteBuffer.allocate(0));

    assertThatThrownBy(() -> request.read(answer(0, Fields.of("queueId", "1"), "")))
        .hasMessage("header field msgId: absent (expected among: [queueId])");
  }

  @Test
  void batchesAreAsLongAsTheySay() {
    Seeds.forAll(
        100,
        seeds -> {
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
                          1, seeds.stringUpTo(100), ByteBuffer.wrap(seeds.bytesUpTo(100))),
                      SendBatch.Member.of(
                          2, seeds.stringUpTo(100), ByteBuffer.wrap(seeds.bytesUpTo(100)))));
          ByteBuf out = Unpooled.buffer();

          batch.writeBody(out);

          assertThat(out.readableBytes()).isEqualTo(batch.bodyLength());
          assertThat(out.readInt()).isEqualTo(batch.messages().getFirst().encodedSize());
        });
  }

  @Test
  void emptyBatchesAreRefused() {
    assertThatThrownBy(() -> new SendBatch("g", "t", 0, 0, 1, null, List.of()))
        .hasMessage("messages of a batch: 0 (expected: at least 1)");
  }

  @Test
  void routesAreReadFromFastjsonsDialect() {
    TopicRoute route =
        route(
            "{\"brokerDatas\":[{\"brokerAddrs\":{0:\"127.0.0.1:10911\",1:\"127.0.0.1:20911\"},"
                + "\"brokerName\":\"b\",\"cluster\":\"c\",\"enableActingMaster\":false}],"
                + "\"filterServerTable\":{\"x\":[\"y\",{1:2}]},"
                + "\"queueDatas\":[{\"brokerName\":\"b\",\"perm\":4,\"readQueueNums\":8,"
                + "\"topicSysFlag\":0,\"writeQueueNums\":4}]}");

    assertThat(route)
        .isEqualTo(
            new TopicRoute(
                List.of(new TopicRoute.QueueData("b", 8, 4, 4, 0)),
                List.of(
                    new TopicRoute.BrokerData(
                        "c", "b", Map.of(0L, "127.0.0.1:10911", 1L, "127.0.0.1:20911"))),
                null));
    assertThat(route.queues().getFirst().isReadable()).isTrue();
    assertThat(route.queues().getFirst().isWritable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | topic route: null (expected: a JSON object)",
        "[] | topic route: START_ARRAY (expected: a JSON object)",
        "{\"queueDatas\":{}} | queueDatas: START_OBJECT (expected: START_ARRAY)",
        "{\"queueDatas\":[1]} | queueDatas: VALUE_NUMBER_INT (expected: START_OBJECT)",
        "{\"queueDatas\":[{}]} | brokerName: absent (expected: a text)",
        "{\"brokerDatas\":[{\"brokerName\":\"b\",\"brokerAddrs\":{x:\"h:1\"}}]}"
            + " | brokerAddrs: \"x\" (expected: a number)",
        "{} {} | topic route: START_OBJECT after its end (expected: one JSON object)",
      })
  void brokenRoutes(String json, String text) {
    assertThatThrownBy(() -> route(json)).isInstanceOf(WireException.class).hasMessage(text);
  }

  @Test
  void anUnknownTopicIsRefused() {
    assertThatThrownBy(() -> new GetRoute("t").read(answer(17, Fields.empty(), "")))
        .isInstanceOf(RefusedException.class)
        .hasMessage("GET_ROUTEINFO_BY_TOPIC 105: TOPIC_NOT_EXIST 17 (remark)");
  }

  @Test
  void aGroupWithoutAnOffsetIsNoError() {
    OffsetRequests.QueryConsumerOffset query = new OffsetRequests.QueryConsumerOffset("g", "t", 0);

    assertThat(query.read(answer(22, Fields.empty(), ""))).isEmpty();
    assertThat(query.read(answer(0, Fields.of("offset", "5"), ""))).isEqualTo(OptionalLong.of(5));
    assertThatThrownBy(() -> query.read(answer(1, Fields.empty(), "")))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void versionsThatAreNotToldAreZero() {
    assertThat(new BrokerRuntime(Map.of()).majorVersion()).isZero();
    assertThat(new BrokerRuntime(Map.of("brokerVersionDesc", "HIGHER_VERSION")).majorVersion())
        .isZero();
    assertThat(new BrokerRuntime(Map.of("brokerVersionDesc", "V4_9_7")).majorVersion())
        .isEqualTo(4);
  }

  @Test
  void uniqueIdsHaveTheirForm() {
    UniqueIds ids =
        UniqueIds.of(new byte[] {1, 2, 3, 4, 5, (byte) 0xff}, 0x12345, () -> 1_609_459_205_000L);

    assertThat(ids.next()).isEqualTo("01" + "0102030405FF" + "2345" + "00000005" + "00000000");
    assertThat(ids.next()).isEqualTo("01" + "0102030405FF" + "2345" + "00000005" + "00000001");
    assertThatThrownBy(() -> UniqueIds.of(new byte[4], 1, () -> 0))
        .hasMessage("machine: 4 bytes (expected: 6)");
  }

  @Test
  void uniqueIdsDiffer() {
    Set<String> seen = new HashSet<>();
    UniqueIds one = UniqueIds.forThisProcess();
    UniqueIds other = UniqueIds.forThisProcess();
    for (int i = 0; i < 10_000; i++) {
      assertThat(seen.add(one.next())).isTrue();
      assertThat(seen.add(other.next())).isTrue();
    }
    assertThat(seen).allSatisfy(id -> assertThat(id).matches("01[0-9A-F]{32}"));
  }

  @Test
  void whatTheBrokerWouldMisunderstandIsRefused() {
    TopicConfig config = TopicConfig.of("t", 8, "FIFO,+x=y");

    assertThatThrownBy(() -> new TopicRequests.CreateTopic(config).writeFields(Fields.builder()))
        .hasMessage(
            "attribute \"message.type\": \"FIFO,+x=y\" (expected: not empty, without commas and"
                + " equals signs)");
    assertThatThrownBy(
            () ->
                new PopMessage(
                    "b",
                    "g",
                    "t",
                    -1,
                    33,
                    1,
                    0,
                    1,
                    PopMessage.InitMode.MIN,
                    null,
                    null,
                    false,
                    null))
        .hasMessage("maxMessages: 33 (expected: 1 to 32)");
    assertThatThrownBy(() -> new FrameLimits(1 << 20, 1 << 25, 1))
        .hasMessage("maxHeaderBytes: 33554432 (expected: 32 to 16777215)");
  }
}
