package dev.sluice.rocketmq.requests;

import java.util.List;

/**
 * The answer to a pull.
 *
 * @param status whether there were messages
 * @param messages in their order; empty unless found. Brokers compare hashes of tags only, so that
 *     some may not be wanted
 * @param nextOffset where to go on; where the queue begins or ends when the offset is out of range
 * @param minOffset of the first message that the queue still has
 * @param maxOffset that the next message stored in the queue will get
 */
public record PullReply(
    Status status, List<StoredMessage> messages, long nextOffset, long minOffset, long maxOffset) {

  /** Whether a pull brought messages. */
  public enum Status {
    /** It did. */
    FOUND,
    /** The queue ends at the offset, and nothing came within the time given. */
    NOT_FOUND,
    /** None of those looked at is wanted; going on at the next offset may find others. */
    NONE_MATCHED,
    /** The queue does not have the offset. */
    OUT_OF_RANGE
  }

  /** Keeps the messages from changing. */
  public PullReply {
    messages = List.copyOf(messages);
  }
}
