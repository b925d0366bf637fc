package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.InboundMessage;
import org.jspecify.annotations.Nullable;

/** A message that the server handed out and that is not resolved. Belongs to its feed's tasks. */
final class Delivery {
  final long sequence;
  final InboundMessage message;
  private PullLoop source;
  private String reply;
  private long touched;

  /**
   * A message that has just come.
   *
   * @param source that it came from
   * @param reply where it is acknowledged
   * @param now on the clock that {@link #isUntouchedSince} is asked by
   */
  Delivery(long sequence, InboundMessage message, PullLoop source, String reply, long now) {
    this.sequence = sequence;
    this.message = message;
    this.source = source;
    this.reply = reply;
    this.touched = now;
  }

  /** Where it is acknowledged; null if that is not by this loop: the consumer is not the same. */
  @SuppressWarnings("ReferenceEquality") // which one it is
  @Nullable String replyOf(PullLoop loop) {
    return source == loop ? reply : null;
  }

  /** It came once more, and is acknowledged there from now on. */
  void cameAgain(PullLoop from, String next, long now) {
    source = from;
    reply = next;
    touched = now;
  }

  /** Whether the server has not heard of it for so long. */
  boolean isUntouchedSince(long now, long nanos) {
    return now - touched >= nanos;
  }

  void touched(long now) {
    touched = now;
  }
}
