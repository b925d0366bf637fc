package dev.sluice.gateway.classic;

import dev.sluice.rocketmq.requests.StoredMessage;
import org.jspecify.annotations.Nullable;

/** A message that was pulled and is not resolved. Belongs to its group's loop. */
final class Held {

  /** What is done with it. */
  enum State {
    /** Waits for somebody who asks. */
    READY,
    /** A caller has it. */
    OUT,
    /** Its caller's time is over; it is shown again in its place, after those before it. */
    EXPIRED,
    /** The broker is told to bring it again. */
    GOING_BACK,
    /** Nothing of it is left to do. */
    OVER
  }

  final ReadQueue queue;

  /** What it was sent to. */
  final String topic;

  final long offset;
  final long commitLogOffset;
  final String messageId;
  final Alarms.Alarm alarm;

  /** Which hand-out the next one is. */
  int attempt;

  /** Of the handle that resolves it. */
  long number;

  /** The delay with which its broker brings it again when its time here is over, 1 to 18. */
  int level = 1;

  /** Kept until it is handed out, and where it is shown again in its place until it is resolved. */
  @Nullable StoredMessage message;

  State state = State.READY;

  Held(ReadQueue queue, String topic, StoredMessage message) {
    this.queue = queue;
    this.topic = topic;
    this.offset = message.queueOffset();
    this.commitLogOffset = message.commitLogOffset();
    this.messageId = message.messageId();
    this.attempt = attemptAfter(message.reconsumeTimes());
    this.message = message;
    this.alarm = new Alarms.Alarm(() -> queue.due(this));
  }

  private static int attemptAfter(int times) {
    return times == Integer.MAX_VALUE ? times : Math.max(0, times) + 1;
  }
}
