package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.HeaderForm;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.apache.rocketmq.common.sysflag.PullSysFlag;
import org.apache.rocketmq.remoting.protocol.header.PullMessageRequestHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls as RocketMQ's own code reads them, and what is made of the answers. */
class PullTest {

  private static PullMessageRequestHeader official(PullMessage request, HeaderForm form)
      throws Exception {
    ByteBuf out = Unpooled.buffer();
    new FrameEncoder(form).encode(request, 42, false, out);
    out.readInt();
    var command = org.apache.rocketmq.remoting.protocol.RemotingCommand.decode(out);
    assertThat(command.getCode()).isEqualTo(11);
    return command.decodeCommandCustomHeader(PullMessageRequestHeader.class);
  }

  @ParameterizedTest
  @EnumSource
  void aPullSaysWhatItWants(HeaderForm form) throws Exception {
    PullMessageRequestHeader header =
        official(new PullMessage("g", "t", 3, 1L << 40, 32, 15_000, "SQL92", "a > 1"), form);

    assertThat(header.getConsumerGroup()).isEqualTo("g");
    assertThat(header.getTopic()).isEqualTo("t");
    assertThat(header.getQueueId()).isEqualTo(3);
    assertThat(header.getQueueOffset()).isEqualTo(1L << 40);
    assertThat(header.getMaxMsgNums()).isEqualTo(32);
    assertThat(header.getSuspendTimeoutMillis()).isEqualTo(15_000);
    assertThat(header.getExpressionType()).isEqualTo("SQL92");
    assertThat(header.getSubscription()).isEqualTo("a > 1");
    assertThat(PullSysFlag.hasSuspendFlag(header.getSysFlag())).isTrue();
    assertThat(PullSysFlag.hasSubscriptionFlag(header.getSysFlag())).isTrue();
    assertThat(PullSysFlag.hasCommitOffsetFlag(header.getSysFlag())).isFalse();
    header.checkFields();
  }

  @Test
  void aPullThatDoesNotWaitSaysSo() throws Exception {
    PullMessageRequestHeader header = official(PullMessage.of("g", "t", 0, 0, 1), HeaderForm.JSON);

    assertThat(PullSysFlag.hasSuspendFlag(header.getSysFlag())).isFalse();
    assertThat(PullSysFlag.hasSubscriptionFlag(header.getSysFlag())).isTrue();
    assertThat(header.getSubscription()).isEqualTo("*");
  }

  @ParameterizedTest
  @CsvSource({"0,FOUND", "19,NOT_FOUND", "20,NONE_MATCHED", "21,OUT_OF_RANGE"})
  void anAnswerTellsWhereToGoOn(int code, PullReply.Status status) {
    PullReply reply = PullMessage.of("g", "t", 0, 7, 1).read(answer(code));

    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.messages()).isEmpty();
    assertThat(reply.nextOffset()).isEqualTo(9);
    assertThat(reply.minOffset()).isEqualTo(3);
    assertThat(reply.maxOffset()).isEqualTo(12);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {ResponseCode.SYSTEM_ERROR, ResponseCode.TOPIC_NOT_EXIST, ResponseCode.NO_PERMISSION})
  void everyOtherAnswerIsARefusal(int code) {
    assertThatThrownBy(() -> PullMessage.of("g", "t", 0, 7, 1).read(answer(code)))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.responseCode()).isEqualTo(code));
  }

  private static RemotingCommand answer(int code) {
    Fields fields = Fields.of("nextBeginOffset", "9", "minOffset", "3", "maxOffset", "12");
    return RemotingCommand.response(code, 1, "", fields, ByteBuffer.allocate(0));
  }

  @Test
  void anAnswerWithoutTheNextOffsetIsBroken() {
    RemotingCommand answer =
        RemotingCommand.response(0, 1, "", Fields.empty(), ByteBuffer.allocate(0));

    assertThatThrownBy(() -> PullMessage.of("g", "t", 0, 7, 1).read(answer))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("nextBeginOffset");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1025})
  void aPullAsksForOneTo1024Messages(int count) {
    assertThatThrownBy(() -> PullMessage.of("g", "t", 0, 0, count))
        .isInstanceOf(WireException.class)
        .hasMessage("maxMessages: " + count + " (expected: 1 to 1024)");
    assertThat(PullMessage.of("g", "t", 0, 0, 1024).maxMessages()).isEqualTo(1024);
  }
}
