package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import java.util.List;

/**
 * One call of a producer, as interceptors see it.
 *
 * @param kind what is done with the messages
 * @param messages one, or those of a batch
 */
public record SendCall(Kind kind, List<Message> messages) {

  /** What is done with messages. */
  public enum Kind {
    /** One message is sent, and answered by the broker. */
    SINGLE,
    /** Several are stored together. */
    BATCH,
    /** One is sent and not answered; the call ends, with no result, when it is written. */
    ONE_WAY,
    /** One begins a transaction. */
    HALF
  }

  /** Keeps the messages from changing. */
  public SendCall {
    messages = List.copyOf(messages);
  }

  /** The same call with other messages; as many as before. */
  public SendCall with(List<Message> other) {
    if (other.size() != messages.size()) {
      throw RocketMQException.invalid("messages", other.size(), String.valueOf(messages.size()));
    }
    return new SendCall(kind, other);
  }
}
