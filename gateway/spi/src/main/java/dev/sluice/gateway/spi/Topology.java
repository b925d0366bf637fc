package dev.sluice.gateway.spi;

import java.util.List;
import java.util.Set;

/**
 * A topic's queues as they were when asked; immutable.
 *
 * @param topic the topic
 * @param queues all of them, in the backend's stable order; never empty
 * @param accepts the kinds of message that the topic takes
 */
public record Topology(String topic, List<Queue> queues, Set<MessageKind> accepts) {

  public Topology {
    queues = List.copyOf(queues);
    accepts = Set.copyOf(accepts);
  }

  /**
   * One queue.
   *
   * @param id which
   * @param readable whether messages may be received from it
   * @param writable whether messages may be sent to it
   */
  public record Queue(QueueId id, boolean readable, boolean writable) {}

  /** What a topic's messages may be. */
  public enum MessageKind {
    NORMAL,
    FIFO,
    DELAY,
    TRANSACTION,
    PRIORITY,
    LITE
  }
}
