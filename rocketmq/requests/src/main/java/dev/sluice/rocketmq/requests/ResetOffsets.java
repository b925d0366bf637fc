package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import java.util.Map;

/**
 * Has a broker move a group to another time in a topic, and tell its members ({@link
 * RequestCode#INVOKE_BROKER_TO_RESET_OFFSET}). Answered with the new offset of each queue; refused
 * by brokers that leave it to the members when there are none.
 *
 * @param epochMillis to the first message stored at or after this time, in milliseconds since 1970;
 *     -1 for the end of each queue
 * @param force whether offsets that are before that move too
 */
public record ResetOffsets(String topic, String group, long epochMillis, boolean force)
    implements Request<Map<QueueLocks.Queue, Long>> {

  @Override
  public int code() {
    return RequestCode.INVOKE_BROKER_TO_RESET_OFFSET;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("topic", topic)
        .field("group", group)
        .field("timestamp", epochMillis)
        .field("isForce", force);
  }

  @Override
  public Map<QueueLocks.Queue, Long> read(RemotingCommand response) {
    return QueueTable.ofNumbers("offsets", response.requireSuccess(code()).body());
  }
}
