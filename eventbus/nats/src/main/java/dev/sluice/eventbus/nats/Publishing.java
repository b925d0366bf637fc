package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A message on its way to the server. Its state belongs to the publisher's tasks. */
final class Publishing {
  private static final Duration MARGIN = Duration.ofMillis(200);

  final long number;
  final String topic;
  final OutboundMessage message;
  final Deadline deadline;
  private final Deadline writeDeadline;
  final CompletableFuture<Published> result = new CompletableFuture<>();
  private State state = new State.Waiting();
  private @Nullable Part part;
  private @Nullable Session writtenTo;

  /**
   * A message that was not written yet. Shortly before the deadline it must not be any more: who
   * asks is still waiting then, and can be told that nothing was sent.
   */
  Publishing(long number, String topic, OutboundMessage message, Deadline deadline) {
    this.number = number;
    this.topic = topic;
    this.message = message;
    this.deadline = deadline;
    Duration tenth = deadline.remaining().dividedBy(10);
    this.writeDeadline = deadline.minus(tenth.compareTo(MARGIN) < 0 ? tenth : MARGIN);
  }

  /** How far it is. */
  sealed interface State {
    /** No server can have it. */
    record Waiting() implements State {}

    /**
     * A server may have it.
     *
     * @param deadline after which it must not be written again, as the server may not know it again
     * @param times that it was written
     */
    record Written(Deadline deadline, int times) implements State {}
  }

  State state() {
    return state;
  }

  /** Its partition, which stays the same however often it is written. */
  @Nullable Part part() {
    return part;
  }

  void goesTo(Part chosen) {
    part = chosen;
  }

  boolean isWritten() {
    return state instanceof State.Written;
  }

  /** Whether it was written over this connection. */
  boolean isWrittenTo(@Nullable Session session) {
    return writtenTo != null && writtenTo == session;
  }

  void writtenTo(Session session) {
    writtenTo = session;
    state =
        switch (state) {
          case State.Waiting waiting ->
              new State.Written(
                  Deadline.after(Topics.DUPLICATE_WINDOW.multipliedBy(3).dividedBy(4)), 1);
          case State.Written before -> new State.Written(before.deadline(), before.times() + 1);
        };
  }

  /** Whether it must not be written any more. */
  boolean isOver() {
    return switch (state) {
      case State.Waiting waiting -> writeDeadline.isPast();
      case State.Written written -> deadline.isPast() || written.deadline().isPast();
    };
  }

  /** What to tell of it when there is no answer. */
  EventBusException unanswered(String why) {
    return isWritten()
        ? EventBusException.of(
            Category.UNKNOWN_OUTCOME, "topic " + topic + ": the server may have it; " + why)
        : EventBusException.of(
            Category.UNAVAILABLE, "topic " + topic + ": nothing was sent; " + why);
  }

  /**
   * What to tell of it when the server refused it: that it does not have it, unless it may have
   * taken it when it was written before.
   */
  EventBusException refused(Category category, String why) {
    return state instanceof State.Written written && written.times() > 1
        ? EventBusException.of(
            Category.UNKNOWN_OUTCOME,
            "topic " + topic + ": the server may have it from before it was lost; then " + why)
        : EventBusException.of(category, "topic " + topic + ": " + why);
  }
}
