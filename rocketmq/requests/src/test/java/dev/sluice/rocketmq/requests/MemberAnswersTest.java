package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.body.CMResult;
import org.apache.rocketmq.remoting.protocol.body.ConsumeMessageDirectlyResult;
import org.apache.rocketmq.remoting.protocol.body.ConsumerRunningInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What administrators ask is read, and their own tools read what is answered. */
class MemberAnswersTest {
  private static final Fields ASKED =
      Fields.of("consumerGroup", "g", "clientId", "c", "brokerName", "b");

  private static byte[] body(MemberAnswer answer) {
    RemotingCommand command = answer.command(7);
    assertThat(command.opaque()).isEqualTo(7);
    assertThat(command.isResponse()).isTrue();
    byte[] body = new byte[command.body().remaining()];
    command.body().duplicate().get(body);
    return body;
  }

  @Test
  void runningInfoIsReadByTheOfficialTools() {
    var answer =
        new MemberAnswer.RunningInfo(
            1_700_000_000_000L,
            true,
            Heartbeat.ConsumeType.CONSUME_POP,
            List.of(
                new Heartbeat.Subscription("t", "TAG", "a||b", 3),
                new Heartbeat.Subscription("s", "SQL92", "x > 1", 4)),
            Map.of("clients", "2"),
            "main\n  \"quoted\"");

    var read = RemotingSerializable.decode(body(answer), ConsumerRunningInfo.class);

    assertThat(read.getJstack()).isEqualTo("main\n  \"quoted\"");
    assertThat(read.getProperties())
        .containsEntry("PROP_CONSUMER_START_TIMESTAMP", "1700000000000")
        .containsEntry("PROP_CONSUMEORDERLY", "true")
        .containsEntry("PROP_CONSUME_TYPE", "CONSUME_POP");
    assertThat(read.getSubscriptionSet())
        .extracting(
            each -> each.getTopic() + ' ' + each.getExpressionType() + ' ' + each.getSubString())
        .containsExactlyInAnyOrder("t TAG a||b", "s SQL92 x > 1");
    assertThat(read.getUserConsumerInfo()).isEqualTo(Map.of("clients", "2"));
    assertThat(read.formatString()).contains("CONSUME_POP");
    assertThat(ConsumerRunningInfo.analyzeProcessQueue("c", read)).isEmpty();
  }

  @Test
  void runningInfoWithoutThreadsHasNone() {
    var answer =
        new MemberAnswer.RunningInfo(
            1, false, Heartbeat.ConsumeType.CONSUME_POP, List.of(), Map.of(), null);

    assertThat(RemotingSerializable.decode(body(answer), ConsumerRunningInfo.class).getJstack())
        .isNull();
  }

  @ParameterizedTest
  @EnumSource
  void howConsumingWentIsReadByTheOfficialTools(MemberAnswer.Consumed.Result result) {
    var read =
        RemotingSerializable.decode(
            body(new MemberAnswer.Consumed(result, true, "why", 42)),
            ConsumeMessageDirectlyResult.class);

    assertThat(read.getConsumeResult()).isEqualTo(CMResult.valueOf(result.name()));
    assertThat(read.isOrder()).isTrue();
    assertThat(read.getRemark()).isEqualTo("why");
    assertThat(read.getSpentTimeMills()).isEqualTo(42);
  }

  @Test
  void inquiriesAreRead() {
    var info =
        RemotingCommand.request(
            RequestCode.GET_CONSUMER_RUNNING_INFO,
            1,
            Fields.of("consumerGroup", "g", "clientId", "c", "jstackEnable", "true"));
    var consume =
        RemotingCommand.request(
            RequestCode.CONSUME_MESSAGE_DIRECTLY,
            1,
            ASKED,
            StoredBytes.all(StoredBytes.message().topic("t")));

    assertThat(MemberInquiry.read(info)).isEqualTo(new MemberInquiry.RunningInfo("g", "c", true));
    assertThat(MemberInquiry.read(consume))
        .isInstanceOfSatisfying(
            MemberInquiry.Consume.class,
            read -> {
              assertThat(read.group()).isEqualTo("g");
              assertThat(read.clientId()).isEqualTo("c");
              assertThat(read.brokerName()).isEqualTo("b");
              assertThat(read.message().topic()).isEqualTo("t");
            });
  }

  @Test
  void whatIsMissingIsNamed() {
    for (ByteBuffer messages :
        List.of(
            ByteBuffer.allocate(0),
            StoredBytes.all(StoredBytes.message(), StoredBytes.message()))) {
      assertThatThrownBy(
              () ->
                  MemberInquiry.read(
                      RemotingCommand.request(
                          RequestCode.CONSUME_MESSAGE_DIRECTLY, 1, ASKED, messages)))
          .isInstanceOf(WireException.class)
          .hasMessageContaining("messages to consume: ")
          .hasMessageContaining("(expected: 1)");
    }
    assertThatThrownBy(
            () ->
                MemberInquiry.read(
                    RemotingCommand.request(
                        RequestCode.GET_CONSUMER_RUNNING_INFO, 1, Fields.empty())))
        .hasMessageContaining("consumerGroup");
  }
}
