package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages for an invisible duration ({@link RequestCode#POP_MESSAGE}, 5.x).
 *
 * @param brokerName the broker that is asked; part of the handles, not sent
 * @param group the consumer group
 * @param topic the topic; the broker adds messages of its retry topic by itself
 * @param queueId the queue, or -1 for all queues of the broker
 * @param maxMessages how many messages at most, 1 to 32
 * @param invisibleMillis how long they stay invisible
 * @param pollMillis how long the broker waits for messages; 0 answers at once
 * @param bornTimestamp when the request is sent, in milliseconds since 1970. A broker answers a
 *     request at once, and with nothing, when by its own clock the poll is over 500 ms late.
 * @param initMode where a group without an offset begins
 * @param expressionType {@code TAG} or {@code SQL92}; null for no filter
 * @param expression the filter; null for none
 * @param ordered whether a queue is blocked while anything of it is held
 * @param attemptId names an ordered pop, so that its repetition gets the same messages
 */
public record PopMessage(
    String brokerName,
    String group,
    String topic,
    int queueId,
    int maxMessages,
    long invisibleMillis,
    long pollMillis,
    long bornTimestamp,
    InitMode initMode,
    @Nullable String expressionType,
    @Nullable String expression,
    boolean ordered,
    @Nullable String attemptId)
    implements Request<PopReply> {

  /** How many messages one pop may ask for. */
  public static final int MAX_MESSAGES = 32;

  /** Checks the number of messages. */
  public PopMessage {
    if (maxMessages < 1 || maxMessages > MAX_MESSAGES) {
      throw WireException.invalid(
          "maxMessages: " + maxMessages + " (expected: 1 to " + MAX_MESSAGES + ")");
    }
  }

  /** Where a group without an offset begins. */
  public enum InitMode {
    /** At the oldest message. */
    MIN(0),
    /** At the end; see the notes on pop, since that is not what it sounds like. */
    MAX(1);

    private final int number;

    InitMode(int number) {
      this.number = number;
    }
  }

  @Override
  public int code() {
    return RequestCode.POP_MESSAGE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("consumerGroup", group)
        .field("topic", topic)
        .field("queueId", queueId)
        .field("maxMsgNums", maxMessages)
        .field("invisibleTime", invisibleMillis)
        .field("pollTime", pollMillis)
        .field("bornTime", bornTimestamp)
        .field("initMode", initMode.number)
        .field("expType", expressionType)
        .field("exp", expression)
        .field("order", ordered)
        .field("attemptId", attemptId);
  }

  @Override
  public PopReply read(RemotingCommand response) {
    return switch (response.code()) {
      case ResponseCode.SUCCESS -> found(response);
      case ResponseCode.PULL_NOT_FOUND, ResponseCode.POLLING_TIMEOUT ->
          new PopReply(
              PopReply.Status.NOT_FOUND, List.of(), response.fields().longOr("restNum", 0));
      case ResponseCode.POLLING_FULL ->
          new PopReply(
              PopReply.Status.POLLING_FULL, List.of(), response.fields().longOr("restNum", 0));
      default -> throw new RefusedException(code(), response.code(), response.remark());
    };
  }

  private PopReply found(RemotingCommand response) {
    Fields fields = response.fields();
    HandleMaker handles = new HandleMaker(fields);
    List<PoppedMessage> popped = new ArrayList<>();
    for (StoredMessage message : StoredMessages.decode(response.body())) {
      PopHandle handle = handles.handle(message);
      int attempt = PoppedMessage.attemptAfter(handles.timesBefore(message, handle));
      popped.add(new PoppedMessage(message, topic, handle, attempt));
    }
    return new PopReply(
        popped.isEmpty() ? PopReply.Status.NOT_FOUND : PopReply.Status.FOUND,
        popped,
        fields.longOr("restNum", 0));
  }

  /** Works out the handles of one answer's messages, which the broker leaves to the receiver. */
  private final class HandleMaker {
    private final long popTime;
    private final long invisible;
    private final int reviveQueueId;
    private final PopOffsets offsets;
    private final Map<String, Long> firsts = new HashMap<>();

    HandleMaker(Fields fields) {
      popTime = fields.requireLong("popTime");
      invisible = fields.requireLong("invisibleTime");
      reviveQueueId = fields.requireInt("reviveQid");
      offsets = PopOffsets.read(fields);
    }

    PopHandle handle(StoredMessage message) {
      PopHandle written = written(message);
      TopicKind kind = written == null ? kind(message) : written.kind();
      return new PopHandle(
          start(message, kind, written),
          popTime,
          invisible,
          reviveQueueId,
          kind,
          brokerName,
          message.queueId(),
          message.queueOffset());
    }

    /** The start in the header counts: brokers with a key-value store write another one. */
    private long start(StoredMessage message, TopicKind kind, @Nullable PopHandle written) {
      Long start = offsets.start(kind, message.queueId());
      if (start != null) {
        return start;
      }
      if (written != null) {
        return written.startOffset();
      }
      if (offsets.hasStarts()) {
        throw WireException.malformed(
            "startOffsetInfo: nothing for queue "
                + message.queueId()
                + " of kind "
                + kind
                + " (expected: where the pop of every answered queue began)");
      }
      return firsts.computeIfAbsent(
          message.topic() + ' ' + message.queueId(), key -> message.queueOffset());
    }

    /**
     * The handle that the broker wrote into a retried message. A message that was sent with such a
     * property, copied from another one, must not acknowledge that other one: it counts only when
     * it is of this pop and of this message.
     */
    private @Nullable PopHandle written(StoredMessage message) {
      String text = message.property(PropertyNames.POP_HANDLE);
      if (text == null) {
        return null;
      }
      try {
        PopHandle handle = PopHandle.parse(text);
        return handle.popTime() == popTime
                && handle.queueId() == message.queueId()
                && handle.queueOffset() == message.queueOffset()
            ? handle
            : null;
      } catch (WireException e) {
        return null;
      }
    }

    /** A retried message comes under its original topic, unless the broker is set otherwise. */
    private TopicKind kind(StoredMessage message) {
      TopicKind named = TopicKind.of(message.topic());
      if (!offsets.isTaken(named, message.queueId(), message.queueOffset())) {
        for (TopicKind other : TopicKind.values()) {
          if (offsets.isTaken(other, message.queueId(), message.queueOffset())) {
            return other;
          }
        }
      }
      return named;
    }

    /**
     * How often the group has had it. What is not in its retry topic it has not had, whatever is
     * stored with the message: a dead letter has the count of the group that it was too much for.
     * Those that we file have the least that brokers file for, 1, which is taken off again.
     */
    int timesBefore(StoredMessage message, PopHandle handle) {
      if (ordered) {
        Integer times = offsets.attempts(handle.kind(), message.queueId(), message.queueOffset());
        if (times != null && times > 0) {
          return times;
        }
      }
      if (handle.kind() == TopicKind.NORMAL) {
        return 0;
      }
      int others = message.property(PropertyNames.DEAD_LETTER_TOPIC) == null ? 0 : 1;
      return Math.max(0, message.reconsumeTimes() - others);
    }
  }
}
