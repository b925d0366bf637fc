package dev.sluice.rocketmq.requests;

import java.util.List;

/**
 * The answer to a pop.
 *
 * @param status whether there were messages
 * @param messages the messages, as the broker ordered them; empty unless found
 * @param restNum about how many messages are left for the group
 */
public record PopReply(Status status, List<PoppedMessage> messages, long restNum) {
  /** Whether a pop brought messages. */
  public enum Status {
    /** It did. */
    FOUND,
    /** There was none within the time given. */
    NOT_FOUND,
    /** The broker holds as many waiting pops as it can; try again after a pause. */
    POLLING_FULL
  }

  /** Keeps the messages from changing. */
  public PopReply {
    messages = List.copyOf(messages);
  }
}
