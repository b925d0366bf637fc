package dev.sluice.rocketmq.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PopTest {
  private static final ByteBuffer NO_BODY = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private static final long POP_TIME = 1_700_000_000_000L;

  private static PopMessage request(boolean ordered) {
    return new PopMessage(
        "b", "g", "t", -1, 32, 30_000, 0, 1, PopMessage.InitMode.MIN, "TAG", "*", ordered, null);
  }

  private static RemotingCommand answer(Fields.Builder fields, StoredBytes... messages) {
    fields.field("popTime", POP_TIME).field("invisibleTime", 30_000).field("reviveQid", 3);
    fields.field("restNum", 11);
    return RemotingCommand.response(0, 1, null, fields.build(), StoredBytes.all(messages));
  }

  private static PopHandle handle(long start, TopicKind kind, int queue, long offset) {
    return new PopHandle(start, POP_TIME, 30_000, 3, kind, "b", queue, offset);
  }

  @Test
  void handlesAreWorkedOutFromTheHeader() {
    RemotingCommand answer =
        answer(
            Fields.builder()
                .field("startOffsetInfo", "0 0 100;0 1 7")
                .field("msgOffsetInfo", "0 0 100,101;0 1 9"),
            StoredBytes.message().topic("t").at(0, 100),
            StoredBytes.message().topic("t").at(0, 101),
            StoredBytes.message().topic("t").at(1, 9));

    PopReply reply = request(false).read(answer);

    assertThat(reply.status()).isEqualTo(PopReply.Status.FOUND);
    assertThat(reply.restNum()).isEqualTo(11);
    assertThat(reply.messages())
        .extracting(PoppedMessage::handle)
        .containsExactly(
            handle(100, TopicKind.NORMAL, 0, 100),
            handle(100, TopicKind.NORMAL, 0, 101),
            handle(7, TopicKind.NORMAL, 1, 9));
    assertThat(reply.messages()).extracting(PoppedMessage::deliveryAttempt).containsOnly(1);
    assertThat(reply.messages()).extracting(PoppedMessage::topic).containsOnly("t");
  }

  @Test
  void aRetriedMessageUnderItsOriginalTopicIsAcknowledgedInItsRetryTopic() {
    String written = handle(4, TopicKind.RETRY, 0, 5).encode();
    RemotingCommand answer =
        answer(
            Fields.builder()
                .field("startOffsetInfo", "1 0 4;0 0 5")
                .field("msgOffsetInfo", "1 0 5;0 0 5"),
            StoredBytes.message()
                .topic("t")
                .at(0, 5)
                .reconsumed(2)
                .property(PropertyNames.POP_HANDLE, written),
            StoredBytes.message().topic("t").at(0, 5));

    List<PoppedMessage> messages = request(false).read(answer).messages();

    assertThat(messages.get(0).handle()).isEqualTo(handle(4, TopicKind.RETRY, 0, 5));
    assertThat(messages.get(0).deliveryAttempt()).isEqualTo(3);
    assertThat(messages.get(1).handle()).isEqualTo(handle(5, TopicKind.NORMAL, 0, 5));
    Fields.Builder ack = Fields.builder();
    new AckMessage("g", "t", messages.get(0).handle()).writeFields(ack);
    assertThat(ack.build().require("topic")).isEqualTo("%RETRY%g_t");
  }

  @Test
  void aDeadLetterIsCountedAnewForThoseWhoReadIt() {
    String written = handle(4, TopicKind.RETRY, 0, 5).encode();
    RemotingCommand answer =
        answer(
            Fields.builder()
                .field("startOffsetInfo", "1 0 4;0 0 5")
                .field("msgOffsetInfo", "1 0 5;0 0 5"),
            StoredBytes.message()
                .topic("t")
                .at(0, 5)
                .reconsumed(2)
                .property(PropertyNames.DEAD_LETTER_TOPIC, "orders")
                .property(PropertyNames.POP_HANDLE, written),
            StoredBytes.message().topic("t").at(0, 5).reconsumed(16));

    assertThat(request(false).read(answer).messages())
        .extracting(PoppedMessage::deliveryAttempt)
        .containsExactly(2, 1);
  }

  @ParameterizedTest
  @CsvSource({"%RETRY%g_t, RETRY", "%RETRY%g+t, RETRY_V2"})
  void aRetriedMessageUnderItsRetryTopicIsToldByItsName(String stored, TopicKind kind) {
    RemotingCommand answer =
        answer(
            Fields.builder()
                .field("startOffsetInfo", kind.number() + " 0 4")
                .field("msgOffsetInfo", kind.number() + " 0 5"),
            StoredBytes.message().topic(stored).at(0, 5).reconsumed(1));

    PoppedMessage message = request(false).read(answer).messages().getFirst();

    assertThat(message.handle()).isEqualTo(handle(4, kind, 0, 5));
    assertThat(message.topic()).isEqualTo("t");
    assertThat(message.handle().kind().storedTopic(message.topic(), "g")).isEqualTo(stored);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9 1600000000000 30000 3 0 b 0 5",
        "9 1700000000000 30000 3 1 b 7 5",
        "9 1700000000000 30000 3 1 b 0 6",
        "nonsense",
        "1 2 3"
      })
  void aHandleThatTheSenderCopiedFromAnotherMessageDoesNotCount(String copied) {
    RemotingCommand answer =
        answer(
            Fields.builder().field("startOffsetInfo", "0 0 4").field("msgOffsetInfo", "0 0 5"),
            StoredBytes.message().topic("t").at(0, 5).property(PropertyNames.POP_HANDLE, copied));

    assertThat(request(false).read(answer).messages().getFirst().handle())
        .isEqualTo(handle(4, TopicKind.NORMAL, 0, 5));
  }

  @Test
  void aCopiedHandleOnARetriedMessageLeavesTheRetryTopicToBeFound() {
    RemotingCommand answer =
        answer(
            Fields.builder().field("startOffsetInfo", "2 0 4").field("msgOffsetInfo", "2 0 5"),
            StoredBytes.message()
                .topic("t")
                .at(0, 5)
                .property(PropertyNames.POP_HANDLE, "1 1 1 1 0 b 0 1"));

    assertThat(request(false).read(answer).messages().getFirst().handle())
        .isEqualTo(handle(4, TopicKind.RETRY_V2, 0, 5));
  }

  @Test
  void withoutStartsTheFirstMessageOfAQueueIsTheStart() {
    RemotingCommand answer =
        answer(
            Fields.builder(),
            StoredBytes.message().topic("t").at(0, 5),
            StoredBytes.message().topic("t").at(0, 8),
            StoredBytes.message().topic("t").at(2, 6));

    assertThat(request(false).read(answer).messages())
        .extracting(PoppedMessage::handle)
        .containsExactly(
            handle(5, TopicKind.NORMAL, 0, 5),
            handle(5, TopicKind.NORMAL, 0, 8),
            handle(6, TopicKind.NORMAL, 2, 6));
  }

  @Test
  void whatWasHandedOutAsOftenAsCanBeCountedStaysAtThat() {
    String written = handle(4, TopicKind.RETRY, 0, 5).encode();
    RemotingCommand answer =
        answer(
            Fields.builder()
                .field("startOffsetInfo", "1 0 4")
                .field("msgOffsetInfo", "1 0 5")
                .field("orderCountInfo", "1 0 2147483647"),
            StoredBytes.message()
                .topic("t")
                .at(0, 5)
                .reconsumed(Integer.MAX_VALUE)
                .property(PropertyNames.POP_HANDLE, written));

    for (boolean ordered : List.of(true, false)) {
      assertThat(request(ordered).read(answer).messages())
          .extracting(PoppedMessage::deliveryAttempt)
          .containsExactly(Integer.MAX_VALUE);
    }
  }

  @Test
  void anOrderedPopTellsTheAttemptsInItsHeader() {
    RemotingCommand answer =
        answer(
            Fields.builder()
                .field("startOffsetInfo", "0 0 5;0 1 5;0 2 5")
                .field("msgOffsetInfo", "0 0 5,6;0 1 5;0 2 5")
                .field("orderCountInfo", "0 qo0%5 2;0 0 1;0 1 4;0 qo1%9 9"),
            StoredBytes.message().topic("t").at(0, 5),
            StoredBytes.message().topic("t").at(0, 6),
            StoredBytes.message().topic("t").at(1, 5),
            StoredBytes.message().topic("t").at(2, 5));

    assertThat(request(true).read(answer).messages())
        .extracting(PoppedMessage::deliveryAttempt)
        .containsExactly(3, 2, 5, 1);
    assertThat(request(false).read(answer).messages())
        .extracting(PoppedMessage::deliveryAttempt)
        .containsOnly(1);
  }

  @ParameterizedTest
  @CsvSource({"19, NOT_FOUND", "210, NOT_FOUND", "209, POLLING_FULL"})
  void anEmptyAnswerIsNoError(int code, PopReply.Status status) {
    PopReply reply =
        request(false).read(RemotingCommand.response(code, 1, null, Fields.empty(), NO_BODY));

    assertThat(reply).isEqualTo(new PopReply(status, List.of(), 0));
  }

  @Test
  void aRefusalNamesRequestAndCode() {
    RemotingCommand answer = RemotingCommand.response(16, 1, "no read", Fields.empty(), NO_BODY);

    assertThatThrownBy(() -> request(false).read(answer))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> {
              assertThat(e.responseCode()).isEqualTo(ResponseCode.NO_PERMISSION);
              assertThat(e.requestCode()).isEqualTo(RequestCode.POP_MESSAGE);
              assertThat(e.remark()).isEqualTo("no read");
            })
        .hasMessage("POP_MESSAGE 200050: NO_PERMISSION 16 (no read)");
  }

  @ParameterizedTest
  @CsvSource({
    "'0 0', 'startOffsetInfo: \"0 0\" (expected: kind, queue and value)'",
    "'0 0 1 2', 'startOffsetInfo: \"0 0 1 2\" (expected: kind, queue and value)'",
    "'7 0 1', 'topic kind: 7 (expected: 0, 1 or 2)'",
    "'0 0 x', 'startOffsetInfo: \"0 0 x\" (expected: numbers)'",
    "'0 1 5', 'startOffsetInfo: nothing for queue 0 of kind NORMAL (expected: where the pop of"
        + " every answered queue began)'",
  })
  void brokenHeaders(String starts, String text) {
    RemotingCommand answer =
        answer(
            Fields.builder().field("startOffsetInfo", starts),
            StoredBytes.message().topic("t").at(0, 5));

    assertThatThrownBy(() -> request(false).read(answer))
        .isInstanceOf(WireException.class)
        .hasMessage(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1 2 3 4 0 b 6",
        "1 2 3 4 0 b 6 7 8 9",
        "1 2 3 4 3 b 6 7",
        "1 2 3 4 0  6 7",
        "x 2 3 4 0 b 6 7",
        "1 2 3 4294967296 0 b 6 7"
      })
  void whatIsNoHandleIsRefused(String text) {
    assertThatThrownBy(() -> PopHandle.parse(text)).isInstanceOf(WireException.class);
  }

  @Test
  void aHandleWithTheProxysNinthPartIsRead() {
    assertThat(PopHandle.parse("4 1700000000000 30000 3 1 b 0 5 123456"))
        .isEqualTo(handle(4, TopicKind.RETRY, 0, 5));
  }

  @Test
  void changingTheDurationGivesANewHandle() {
    PopHandle old = handle(4, TopicKind.RETRY, 0, 5);
    Fields fields =
        Fields.of("popTime", "1700000009000", "invisibleTime", "10000", "reviveQid", "6");

    PopHandle fresh =
        new ChangeInvisible("g", "t", old, 10_000)
            .read(RemotingCommand.response(0, 1, null, fields, NO_BODY));

    assertThat(fresh)
        .isEqualTo(new PopHandle(5, 1_700_000_009_000L, 10_000, 6, TopicKind.RETRY, "b", 0, 5));
    assertThat(fresh.visibleAt()).isEqualTo(1_700_000_019_000L);
  }

  @Test
  void changingTheDurationOfAnAcknowledgedOrderedMessageIsRefused() {
    Fields nothing = Fields.of("popTime", "0", "invisibleTime", "0", "reviveQid", "0");

    assertThatThrownBy(
            () ->
                new ChangeInvisible("g", "t", handle(4, TopicKind.NORMAL, 0, 5), 10_000)
                    .read(RemotingCommand.response(0, 1, null, nothing, NO_BODY)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            e -> assertThat(e.responseCode()).isEqualTo(ResponseCode.NO_MESSAGE));
  }

  @Test
  void aBatchOfHandlesThatCannotBeOneIsRefused() {
    PopHandle first = handle(4, TopicKind.NORMAL, 0, 5);
    PopHandle elsewhere = new PopHandle(4, 1, 1, 1, TopicKind.NORMAL, "other", 0, 5);

    assertThatThrownBy(() -> BatchAck.of("g", "t", List.of()))
        .hasMessage("handles: 0 (expected: at least 1)");
    assertThatThrownBy(() -> BatchAck.of("g", "t", List.of(first, elsewhere)))
        .hasMessage("broker of a handle: other (expected: b)");
    assertThatThrownBy(
            () -> BatchAck.of("g", "t", List.of(handle(0, TopicKind.NORMAL, 0, Long.MAX_VALUE))))
        .hasMessage(
            "offset of a handle: 9223372036854775807 (expected: 0 and less than 65536 more)");
    assertThatThrownBy(() -> BatchAck.of("g", "t", List.of(handle(6, TopicKind.NORMAL, 0, 5))))
        .hasMessage("offset of a handle: 5 (expected: 6 and less than 65536 more)");
  }

  @Test
  void anAnswerCanBeReadTwice() {
    RemotingCommand answer =
        answer(
            Fields.builder().field("startOffsetInfo", "0 0 4").field("msgOffsetInfo", "0 0 5"),
            StoredBytes.message().topic("t").at(0, 5));

    PopReply first = request(false).read(answer);

    assertThat(request(false).read(answer)).isEqualTo(first);
  }
}
