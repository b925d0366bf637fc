package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.AckStatus;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.Popping;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.runtime.Handlers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps the handle that acknowledges the message now, and for how long it does. */
final class HeldDelivery implements Delivery {
  private static final Duration LONGEST = Duration.ofHours(12);

  private final Scope scope;
  private final String topic;
  private final ReceivedMessage message;
  private final Runnable acknowledged;
  private final AtomicReference<State> state;

  /**
   * What deliveries of one consumer have in common.
   *
   * @param group as brokers know it
   * @param callTimeout of one call
   */
  record Scope(
      Popping popping, Clock clock, Handlers handlers, String group, Duration callTimeout) {}

  private sealed interface State {
    /** It is the application's until then. */
    record Held(PopHandle handle, long untilNanos) implements State {}

    /** A call is under way. */
    record Calling(Held before) implements State {}

    /** It does not come again. */
    record Acknowledged() implements State {}
  }

  /**
   * A delivery that was just made.
   *
   * @param topic that was asked for, as brokers know it
   * @param untilNanos when its time is over
   * @param acknowledged told when it is acknowledged; short
   */
  HeldDelivery(
      Scope scope,
      String topic,
      ReceivedMessage message,
      PopHandle handle,
      long untilNanos,
      Runnable acknowledged) {
    this.scope = scope;
    this.topic = topic;
    this.message = message;
    this.acknowledged = acknowledged;
    this.state = new AtomicReference<>(new State.Held(handle, untilNanos));
  }

  @Override
  public ReceivedMessage message() {
    return message;
  }

  @Override
  public Duration remaining() {
    return switch (Objects.requireNonNull(state.get())) {
      case State.Held held -> left(held);
      case State.Calling(State.Held before) -> left(before);
      case State.Acknowledged() -> Duration.ZERO;
    };
  }

  private Duration left(State.Held held) {
    return Duration.ofNanos(Math.max(0, held.untilNanos() - scope.clock().nanoTime()));
  }

  @Override
  public void ack() {
    await(acknowledge());
  }

  @Override
  public CompletableFuture<Void> ackAsync() {
    return handedOver(acknowledge());
  }

  private CompletableFuture<State> acknowledge() {
    return call(
        held ->
            FutureReply.<AckStatus>of(
                    reply ->
                        scope
                            .popping()
                            .ack(
                                scope.group(),
                                topic,
                                held.handle(),
                                scope.callTimeout().toMillis(),
                                reply))
                .thenApply(this::acknowledged));
  }

  private State acknowledged(AckStatus status) {
    if (status == AckStatus.OK) {
      return new State.Acknowledged();
    }
    throw RocketMQException.of(
        RocketMQException.Category.NOT_FOUND, this + " is not at its broker any more");
  }

  @Override
  public void changeInvisible(Duration time) {
    await(change(time));
  }

  @Override
  public CompletableFuture<Void> changeInvisibleAsync(Duration time) {
    return handedOver(change(time));
  }

  private CompletableFuture<State> change(Duration time) {
    Checks.range("time", time, Duration.ofMillis(1), LONGEST);
    long until = scope.clock().nanoTime() + time.toNanos();
    return call(
        held ->
            FutureReply.<PopHandle>of(
                    reply ->
                        scope
                            .popping()
                            .changeInvisible(
                                scope.group(),
                                topic,
                                held.handle(),
                                time.toMillis(),
                                scope.callTimeout().toMillis(),
                                reply))
                .thenApply(handle -> new State.Held(handle, until)));
  }

  /** Makes a call, whose result is what the delivery is then. */
  private CompletableFuture<State> call(
      Function<State.Held, ? extends CompletableFuture<? extends State>> made) {
    State now = state.get();
    if (!(now instanceof State.Held held)) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid(
              "delivery",
              this,
              now instanceof State.Acknowledged
                  ? "not acknowledged before"
                  : "no other call under way"));
    }
    if (left(held).isZero()) {
      return CompletableFuture.failedFuture(
          RocketMQException.of(
              RocketMQException.Category.NOT_FOUND,
              this + ": its time is over, and it comes again"));
    }
    State calling = new State.Calling(held);
    if (!state.compareAndSet(held, calling)) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid("delivery", this, "no other call under way"));
    }
    CompletableFuture<State> over = new CompletableFuture<>();
    CompletableFuture<?> unused =
        made.apply(held)
            .whenComplete(
                (then, failure) -> {
                  // After a lost answer the handle may be void: then the message comes again.
                  State next = failure == null ? then : held;
                  state.set(next);
                  if (next instanceof State.Acknowledged) {
                    acknowledged.run();
                  }
                  if (failure == null) {
                    over.complete(next);
                  } else {
                    over.completeExceptionally(RocketMQException.from(failure));
                  }
                });
    return over;
  }

  private static void await(CompletableFuture<State> over) {
    Blocking.on(
        () -> {
          try {
            return over.get();
          } catch (ExecutionException e) {
            throw RocketMQException.rethrown(e);
          }
        });
  }

  /** The application's stages do not run on an event loop. */
  private CompletableFuture<Void> handedOver(CompletableFuture<State> over) {
    CompletableFuture<@Nullable Void> theirs = new CompletableFuture<>();
    CompletableFuture<?> unused =
        over.whenComplete(
            (then, failure) ->
                scope
                    .handlers()
                    .execute(
                        () -> {
                          if (failure == null) {
                            theirs.complete(null);
                          } else {
                            theirs.completeExceptionally(RocketMQException.from(failure));
                          }
                        }));
    return theirs;
  }

  @Override
  public String toString() {
    return "Delivery[" + message + ']';
  }
}
