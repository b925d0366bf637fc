package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.requests.StoredMessages;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.time.Duration;

/**
 * Asks a broker whether it stores a message of a topic. Brokers find messages by an index that is
 * written a moment after them, and need not keep one: a no is not certain.
 *
 * @param topic where it would be delivered from
 * @param messageId its unique id
 * @param bornAt about when it was sent, milliseconds since the epoch
 */
record DeliveredQuery(String topic, String messageId, long bornAt) implements Request<Boolean> {
  private static final int QUERY_MESSAGE = 12;

  /** The index is written by the key's hash alone: others may be found beside it. */
  private static final int MOST_FOUND = 32;

  /** By how much the clocks of senders and brokers may differ. */
  private static final Duration SKEW = Duration.ofHours(1);

  @Override
  public int code() {
    return QUERY_MESSAGE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("topic", topic)
        .field("key", messageId)
        .field("maxNum", MOST_FOUND)
        .field("beginTimestamp", Math.max(0, bornAt - SKEW.toMillis()))
        .field("endTimestamp", Long.MAX_VALUE)
        .field("_UNIQUE_KEY_QUERY", true);
  }

  @Override
  public Boolean read(RemotingCommand response) {
    if (response.code() == ResponseCode.QUERY_NOT_FOUND) {
      return false;
    }
    return StoredMessages.decode(response.requireSuccess(code()).body()).stream()
        .anyMatch(
            message -> message.topic().equals(topic) && message.messageId().equals(messageId));
  }
}
