package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.Request;
import org.jspecify.annotations.Nullable;

/**
 * One call from its acceptance to its completion: the one owner of its place in the table, in the
 * wheel and in the bounds of its connection. Belongs to one event loop.
 *
 * @param <R> what its answer is read as
 */
final class PendingCall<R> {
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
  final Commands.Effect effect;
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
      Commands.Effect effect,
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
    Replies.finish(reply, value);
  }

  /** Done, for a call to which no answer comes: such replies take a {@link Done}. */
  @SuppressWarnings(
      "unchecked") // One-way calls are made with Reply<Done> only, see LoopCore.oneWay.
  void doneWithoutAnswer() {
    ((PendingCall<Done>) this).done(Done.DONE);
  }

  void failed(ClientException failure) {
    Replies.fail(reply, failure);
  }

  /**
   * What this call's failure is when its connection is lost.
   *
   * @param harmless what it is where the peer cannot have done anything
   */
  FailureCategory whenLost(FailureCategory harmless) {
    return stage == Stage.WRITTEN && effect == Commands.Effect.CHANGES
        ? FailureCategory.UNKNOWN_OUTCOME
        : harmless;
  }

  /** What this call's failure is when its time is up. */
  FailureCategory whenLate() {
    return stage == Stage.WRITTEN && effect == Commands.Effect.CHANGES
        ? FailureCategory.UNKNOWN_OUTCOME
        : FailureCategory.TIMEOUT;
  }
}
