package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.body.GetConsumerStatusBody;
import org.apache.rocketmq.remoting.protocol.body.ResetOffsetBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What brokers pass on of offsets is read, and their own classes read what is answered. */
class MemberOffsetsTest {
  private static final Fields ASKED = Fields.of("group", "g", "topic", "t");

  private static MemberOffsets.Reset read(byte[] body) {
    return MemberOffsets.Reset.read(
        RemotingCommand.request(
            RequestCode.RESET_CONSUMER_CLIENT_OFFSET, 1, ASKED, ByteBuffer.wrap(body)));
  }

  private static MemberOffsets.Reset read(String body) {
    return read(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void offsetsToGoToAreReadAsBrokersWriteThem() {
    var body = new ResetOffsetBody();
    Map<MessageQueue, Long> table = new LinkedHashMap<>();
    table.put(new MessageQueue("t", "b", 0), 5L);
    table.put(new MessageQueue("t", "say \"{b\\}\"", 7), 1L << 40);
    body.setOffsetTable(table);

    MemberOffsets.Reset reset = read(body.encode());

    assertThat(reset.group()).isEqualTo("g");
    assertThat(reset.topic()).isEqualTo("t");
    assertThat(reset.offsets())
        .isEqualTo(
            Map.of(
                new QueueLocks.Queue("t", "b", 0),
                5L,
                new QueueLocks.Queue("t", "say \"{b\\}\"", 7),
                1L << 40));
  }

  @Test
  void whateverElseIsThereIsPassedOver() {
    assertThat(read("{\"more\":[{\"a\":1},[{\"b\":{}}]],\"offsetTable\":{}}").offsets()).isEmpty();
    assertThat(read("{\"offsetTable\":null}").offsets()).isEmpty();
    assertThat(
            read("{\"offsetTable\":{ {\"queueId\":1,\"topic\":\"t\",\"brokerName\":\"b\"} :"
                    + " \"9\"}}")
                .offsets())
        .containsOnly(Map.entry(new QueueLocks.Queue("t", "b", 1), 9L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"offsetTable\":{{\"queueId\":0,\"topic\":\"t\"}:5}}",
        "{\"offsetTable\":{{\"queueId\":0,\"topic\":\"t\",\"brokerName\":\"b\"}:\"x\"}}",
        "{\"offsetTable\":{{\"queueId\":0,\"topic\":\"t\",\"brokerName\":\"b\"",
        "{\"offsetTable\":{{{{{{",
        "{\"offsetTable\":{\"t\":5}}",
        "{\"offsetTable\":[5]}"
      })
  void whatIsBrokenIsRefused(String body) {
    assertThatThrownBy(() -> read(body)).isInstanceOf(WireException.class);
  }

  @Test
  void nestingHasAnEnd() {
    assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(WireException.class);
  }

  @Test
  @SuppressWarnings("deprecation") // It is what brokers read the answer with, also those of 5.5.
  void whatIsAnsweredIsReadByBrokers() {
    MemberOffsets.Asked asked =
        MemberOffsets.Asked.read(
            RemotingCommand.request(RequestCode.GET_CONSUMER_STATUS_FROM_CLIENT, 7, ASKED));
    Map<QueueLocks.Queue, Long> offsets = new LinkedHashMap<>();
    offsets.put(new QueueLocks.Queue("t", "a \"b\"", 3), 42L);
    offsets.put(new QueueLocks.Queue("t", "b", 0), 0L);

    RemotingCommand answer = asked.answer(7, offsets);

    byte[] body = new byte[answer.body().remaining()];
    answer.body().duplicate().get(body);
    assertThat(asked).isEqualTo(new MemberOffsets.Asked("g", "t"));
    assertThat(answer.opaque()).isEqualTo(7);
    assertThat(
            RemotingSerializable.decode(body, GetConsumerStatusBody.class).getMessageQueueTable())
        .isEqualTo(
            Map.of(new MessageQueue("t", "a \"b\"", 3), 42L, new MessageQueue("t", "b", 0), 0L));
  }
}
