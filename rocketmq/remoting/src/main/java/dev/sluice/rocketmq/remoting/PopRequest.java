package dev.sluice.rocketmq.remoting;

import org.jspecify.annotations.Nullable;

/**
 * One request for messages.
 *
 * @param topic the topic, never a retry topic: the broker mixes those in by itself
 * @param group the consumer group
 * @param queueId one queue of the broker, or {@link #ANY_QUEUE}
 * @param maxMessages 1 to 32
 * @param invisibleMillis for how long what is handed out stays hidden from others; 1 s at least by
 *     the default settings of a broker
 * @param waitMillis how long the broker may hold the request while there is nothing; 0 asks and
 *     returns
 * @param filter which messages
 * @param ordered whether a queue is blocked while anything of it is held; see {@code attemptId}
 * @param attemptId of an ordered pop: the same id again gives the same messages again, for callers
 *     that retry
 * @param start where a group without offsets begins
 */
public record PopRequest(
    String topic,
    String group,
    int queueId,
    int maxMessages,
    long invisibleMillis,
    long waitMillis,
    Filter filter,
    boolean ordered,
    @Nullable String attemptId,
    Start start) {

  /** {@code queueId} for all queues of the broker. */
  public static final int ANY_QUEUE = -1;

  /** The most messages that one pop may ask for. */
  public static final int MAX_MESSAGES = 32;

  /** Where a group without offsets begins. */
  public enum Start {
    /** At the first message. */
    EARLIEST,
    /**
     * At the end, as the broker sees it: 0 while the first message is in memory still. Commit the
     * offsets first to be sure.
     */
    LATEST
  }

  public PopRequest {
    if (queueId < ANY_QUEUE) {
      throw new IllegalArgumentException("queueId: " + queueId + " (expected: >= -1)");
    }
    if (maxMessages < 1 || maxMessages > MAX_MESSAGES) {
      throw new IllegalArgumentException("maxMessages: " + maxMessages + " (expected: 1 to 32)");
    }
    if (invisibleMillis < 1) {
      throw new IllegalArgumentException(
          "invisibleMillis: " + invisibleMillis + " (expected: > 0)");
    }
    if (waitMillis < 0) {
      throw new IllegalArgumentException("waitMillis: " + waitMillis + " (expected: >= 0)");
    }
  }

  /** An unordered pop of all queues, from the first message on. */
  public static PopRequest of(
      String topic, String group, int maxMessages, long invisibleMillis, long waitMillis) {
    return new PopRequest(
        topic,
        group,
        ANY_QUEUE,
        maxMessages,
        invisibleMillis,
        waitMillis,
        Filter.ALL,
        false,
        null,
        Start.EARLIEST);
  }
}
