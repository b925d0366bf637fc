package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a broker says about what it has stored.
 *
 * @param status how safely it is stored
 * @param offsetMessageIds the broker's ids, one for each message of a batch, in order
 * @param queueId the queue
 * @param queueOffset the position of the first message in the queue
 * @param transactionId names the transaction, for a half message
 * @param recallHandle takes a delayed message back, where the broker gives one
 */
public record SendReply(
    Status status,
    List<String> offsetMessageIds,
    int queueId,
    long queueOffset,
    @Nullable String transactionId,
    @Nullable String recallHandle) {

  /** How safely a message is stored. All of them mean that it is stored and will be delivered. */
  public enum Status {
    /** As the broker's policy wants it. */
    STORED,
    /** In memory; the disk did not confirm in time. */
    FLUSH_DISK_TIMEOUT,
    /** On the broker; no replica confirmed in time. */
    FLUSH_REPLICA_TIMEOUT,
    /** On the broker; there is no replica. */
    REPLICA_NOT_AVAILABLE
  }

  static SendReply read(int requestCode, RemotingCommand response) {
    Status status =
        switch (response.code()) {
          case ResponseCode.SUCCESS -> Status.STORED;
          case ResponseCode.FLUSH_DISK_TIMEOUT -> Status.FLUSH_DISK_TIMEOUT;
          case ResponseCode.FLUSH_SLAVE_TIMEOUT -> Status.FLUSH_REPLICA_TIMEOUT;
          case ResponseCode.SLAVE_NOT_AVAILABLE -> Status.REPLICA_NOT_AVAILABLE;
          default -> throw new RefusedException(requestCode, response.code(), response.remark());
        };
    Fields fields = response.fields();
    String ids = fields.require("msgId");
    return new SendReply(
        status,
        ids.indexOf(',') < 0 ? List.of(ids) : List.of(ids.split(",")),
        fields.requireInt("queueId"),
        fields.requireLong("queueOffset"),
        fields.get("transactionId"),
        fields.get("recallHandle"));
  }
}
