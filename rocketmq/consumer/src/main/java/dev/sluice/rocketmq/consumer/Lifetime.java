package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A consumer from its start, where it gets what it runs on, to its close, where that is closed.
 * Safe for all threads.
 *
 * @param <A> what it runs on
 */
final class Lifetime<A extends BoundedCloseable> implements BoundedCloseable {
  private final String name;
  private final BoundedCloseable closing;
  private final AtomicReference<State> state = new AtomicReference<>(new State.Fresh());

  private sealed interface State {
    record Fresh() implements State {}

    record Starting() implements State {}

    record Running<A extends BoundedCloseable>(A active) implements State {}

    record Closed() implements State {}
  }

  /**
   * One that has not started.
   *
   * @param name what errors and reports call it
   */
  Lifetime(String name) {
    this.name = name;
    this.closing = StagedClose.named(name).stage("leave the group", 1, this::closeActive).build();
  }

  /**
   * Starts; may be tried again after a failure.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start(Supplier<A> open) {
    State fresh = state.get();
    State starting = new State.Starting();
    if (!(fresh instanceof State.Fresh) || !state.compareAndSet(fresh, starting)) {
      throw new IllegalStateException(
          name
              + ": "
              + (fresh instanceof State.Closed ? "closed" : "started")
              + " before (expected: started once)");
    }
    A active;
    try {
      active = open.get();
    } catch (RuntimeException e) {
      state.compareAndSet(starting, new State.Fresh());
      throw e;
    }
    if (!state.compareAndSet(starting, new State.Running<>(active))) {
      // Closed meanwhile, by one who could not know of it.
      active.close();
    }
  }

  /** What it runs on; null before and after. */
  @Nullable A active() {
    return state.get() instanceof State.Running<?> running ? active(running) : null;
  }

  /**
   * What it runs on.
   *
   * @throws IllegalStateException if it is not running
   */
  A running() {
    State now = state.get();
    if (now instanceof State.Running<?> running) {
      return active(running);
    }
    throw new IllegalStateException(
        name + ": " + (now instanceof State.Closed ? "closed" : "not started"));
  }

  @SuppressWarnings("unchecked") // Only start makes them.
  private A active(State.Running<?> running) {
    return (A) running.active();
  }

  private CompletionStage<?> closeActive(Deadline deadline) {
    return state.getAndSet(new State.Closed()) instanceof State.Running<?> running
        ? running.active().closeAsync(deadline)
        : CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
