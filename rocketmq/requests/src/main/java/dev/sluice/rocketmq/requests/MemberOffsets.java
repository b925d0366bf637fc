package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What administrators tell and ask the members of a group, by way of a broker, of its offsets. */
public final class MemberOffsets {
  private MemberOffsets() {}

  /**
   * That the group is to go on from elsewhere ({@link RequestCode#RESET_CONSUMER_CLIENT_OFFSET}).
   * It takes no answer, and every member of the group gets it.
   *
   * @param offsets by queue, of the broker that tells
   */
  public record Reset(String group, String topic, Map<QueueLocks.Queue, Long> offsets) {
    /** Keeps the offsets from changing. */
    public Reset {
      offsets = Map.copyOf(offsets);
    }

    /**
     * Reads it.
     *
     * @throws dev.sluice.rocketmq.wire.WireException when something is missing
     */
    public static Reset read(RemotingCommand request) {
      Fields fields = request.fields();
      return new Reset(
          fields.require("group"),
          fields.require("topic"),
          QueueTable.ofNumbers("offsets to go to", request.body()));
    }
  }

  /**
   * How far a member is in the queues of a topic ({@link
   * RequestCode#GET_CONSUMER_STATUS_FROM_CLIENT}).
   */
  public record Asked(String group, String topic) {

    /**
     * Reads it.
     *
     * @throws dev.sluice.rocketmq.wire.WireException when something is missing
     */
    public static Asked read(RemotingCommand request) {
      Fields fields = request.fields();
      return new Asked(fields.require("group"), fields.require("topic"));
    }

    /**
     * The answer.
     *
     * @param opaque of the request
     * @param offsets by queue that the member has
     */
    public RemotingCommand answer(int opaque, Map<QueueLocks.Queue, Long> offsets) {
      StringBuilder table = new StringBuilder("{");
      offsets.forEach(
          (queue, offset) -> {
            byte[] key = JsonBody.write(out -> QueueLocks.writeMembers(queue, out));
            table
                .append(table.length() == 1 ? "" : ",")
                .append(new String(key, StandardCharsets.UTF_8))
                .append(':')
                .append(offset);
          });
      table.append('}');
      byte[] body =
          JsonBody.write(
              out -> {
                out.writeFieldName("messageQueueTable");
                out.writeRawValue(table.toString());
              });
      return RemotingCommand.response(
          ResponseCode.SUCCESS, opaque, null, Fields.empty(), ByteBuffer.wrap(body));
    }
  }
}
