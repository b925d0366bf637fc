package dev.sluice.eventbus.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * One run of a handler, on a thread that is its alone. Its own lock is held for moments only, also
 * by who holds the board's; it makes sure that an interrupt that is meant for the handler does not
 * hit what the thread does afterwards.
 */
final class Attempt<T> implements Stage {

  /** Why it is interrupted. */
  enum Interruption {
    OVERDUE,
    REVOKED,
    CLOSING
  }

  private enum Standing {
    NOT_BEGUN,
    IN_HANDLER,
    LEFT
  }

  final Entry<T> entry;

  /** 1 for the first. */
  final int number;

  /** The next one that is to be started along with it. */
  @Nullable Attempt<T> next;

  private Standing standing = Standing.NOT_BEGUN;
  private @Nullable Thread thread;
  private @Nullable Interruption interruption;
  private long begunNanos;

  Attempt(Entry<T> entry, int number) {
    this.entry = entry;
    this.number = number;
  }

  /** This thread enters the handler, unless it was interrupted before: then it must not. */
  synchronized boolean enter(long nanos) {
    if (interruption != null) {
      standing = Standing.LEFT;
      return false;
    }
    standing = Standing.IN_HANDLER;
    thread = Thread.currentThread();
    begunNanos = nanos;
    return true;
  }

  /** This thread has left the handler, and is not interrupted from now on. */
  synchronized @Nullable Interruption leave() {
    standing = Standing.LEFT;
    // One that came for the handler is not meant for what follows.
    Thread.interrupted();
    return interruption;
  }

  /** Interrupts the handler, or keeps it from beginning. */
  synchronized void interrupt(Interruption why) {
    if (interruption == null && standing != Standing.LEFT) {
      interruption = why;
    }
    if (thread != null && standing == Standing.IN_HANDLER) {
      thread.interrupt();
    }
  }

  /**
   * How many nanoseconds it has left; not above zero if its time is over. {@link Long#MAX_VALUE} if
   * it was interrupted or has left.
   */
  synchronized long remaining(long nowNanos, long timeoutNanos) {
    if (interruption != null) {
      return Long.MAX_VALUE;
    }
    return switch (standing) {
      case NOT_BEGUN -> timeoutNanos;
      case IN_HANDLER -> timeoutNanos - (nowNanos - begunNanos);
      case LEFT -> Long.MAX_VALUE;
    };
  }

  /** Whether it was interrupted and its thread has not left the handler. */
  synchronized boolean isOverdue() {
    return interruption != null && standing == Standing.IN_HANDLER;
  }

  /** For a person: what it is at, and where. */
  synchronized String describe() {
    return entry.place() + (thread == null ? "" : ", on thread " + thread.getName());
  }
}
