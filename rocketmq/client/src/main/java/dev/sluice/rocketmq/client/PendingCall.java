package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.wire.Done;
import dev.sluice.rocketmq.wire.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call from its acceptance to its completion: the one owner of its place in the table, in the
 * wheel and in the bounds of its connection. Belongs to one event loop.
 *
 * @param <R> what its answer is read as
 */
final class PendingCall<R> {
  private static final Logger log = LoggerFactory.getLogger(PendingCall.class);

  /** Where the call is on its way; decides what a lost answer means. */
  enum Stage {
    /** Waits for a connection. */
    WAITING,
    /** Encoded, not handed to the socket. */
    ENCODED,
    /** Handed to the socket: the peer may have it. */
    WRITTEN,
    /** Completed. */
    OVER
  }

  final Connection connection;
  final Request<R> request;
  final Remoting.Effect effect;
  final boolean oneWay;
  final long deadlineNanos;
  private final Reply<R> reply;

  Stage stage = Stage.WAITING;
  int opaque;
  int bytes;

  // The wheel's links.
  @Nullable PendingCall<?> next;
  @Nullable PendingCall<?> previous;
  int slot = -1;

  PendingCall(
      Connection connection,
      Request<R> request,
      Remoting.Effect effect,
      boolean oneWay,
      long deadlineNanos,
      Reply<R> reply) {
    this.connection = connection;
    this.request = request;
    this.effect = effect;
    this.oneWay = oneWay;
    this.deadlineNanos = deadlineNanos;
    this.reply = reply;
  }

  void done(R value) {
    finish(reply, value);
  }

  static <T> void finish(Reply<T> reply, T value) {
    try {
      reply.done(value);
    } catch (RuntimeException e) {
      log.error("A reply's done() threw", e);
    }
  }

  /** Done, for a call to which no answer comes: such replies take a {@link Done}. */
  @SuppressWarnings(
      "unchecked") // One-way calls are made with Reply<Done> only, see LoopCore.oneWay.
  void doneWithoutAnswer() {
    ((PendingCall<Done>) this).done(Done.DONE);
  }

  void failed(ClientException failure) {
    fail(reply, failure);
  }

  static void fail(Reply<?> reply, ClientException failure) {
    try {
      reply.failed(failure);
    } catch (RuntimeException e) {
      log.error("A reply's failed() threw", e);
    }
  }

  /** What this call's failure is when its connection is lost. */
  FailureCategory whenLost() {
    return stage == Stage.WRITTEN && effect == Remoting.Effect.CHANGES
        ? FailureCategory.UNKNOWN_OUTCOME
        : FailureCategory.UNAVAILABLE;
  }

  /** What this call's failure is when its time is up. */
  FailureCategory whenLate() {
    return stage == Stage.WRITTEN && effect == Remoting.Effect.CHANGES
        ? FailureCategory.UNKNOWN_OUTCOME
        : FailureCategory.TIMEOUT;
  }
}
