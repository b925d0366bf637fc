package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a group has messages to pop, and takes none of them ({@link
 * RequestCode#NOTIFICATION}, 5.x). An answer says no more than that a pop is worth a try: what woke
 * it may be another's by then, and brokers before 5.5 regard no filter.
 *
 * @param group the consumer group
 * @param topic the topic; the broker regards its retry topic by itself
 * @param queueId the queue, or -1 for all queues of the broker
 * @param pollMillis how long the broker waits for messages; 0 answers at once
 * @param bornTimestamp when the request is sent, in milliseconds since 1970; 0 for the broker's own
 *     time
 * @param expressionType {@code TAG} or {@code SQL92}; null for no filter
 * @param expression the filter; null for none
 * @param ordered whether messages of queues that an ordered pop has blocked are no reason; nobody
 *     is told when such a queue is free again
 */
public record AwaitMessages(
    String group,
    String topic,
    int queueId,
    long pollMillis,
    long bornTimestamp,
    @Nullable String expressionType,
    @Nullable String expression,
    boolean ordered)
    implements Request<AwaitMessages.Answer> {

  /** What a wait ended with. */
  public enum Answer {
    /** There are messages. */
    MESSAGES,
    /** There were none within the time given. */
    NOTHING,
    /** The broker holds as many that wait as it can; try again after a pause. */
    FULL
  }

  @Override
  public int code() {
    return RequestCode.NOTIFICATION;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("consumerGroup", group)
        .field("topic", topic)
        .field("queueId", queueId)
        .field("pollTime", pollMillis)
        .field("bornTime", bornTimestamp)
        .field("expType", expressionType)
        .field("exp", expression)
        .field("order", ordered);
  }

  @Override
  public Answer read(RemotingCommand response) {
    if (response.code() != ResponseCode.SUCCESS) {
      throw new RefusedException(code(), response.code(), response.remark());
    }
    Fields fields = response.fields();
    if (fields.booleanOr("hasMsg", false)) {
      return Answer.MESSAGES;
    }
    return fields.booleanOr("pollingFull", false) ? Answer.FULL : Answer.NOTHING;
  }
}
