package dev.sluice.eventbus.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Handlers that begin and end only when the test says so. Each has a thread of its own, but only
 * one of all threads goes on at a time, so that every order can be made, and made again.
 */
final class SteppedHandlers implements Executor, ItemHandler<String> {

  /** A handler that has begun and not ended. */
  static final class Call {
    final Item<String> item;
    final int attempt;
    final Thread thread = Thread.currentThread();
    private final Semaphore go = new Semaphore(0);
    private @Nullable Throwable outcome;

    Call(Item<String> item, int attempt) {
      this.item = item;
      this.attempt = attempt;
    }

    @Override
    public String toString() {
      return item.message() + " attempt " + attempt;
    }
  }

  /** Told on the handler's thread just before it returns or throws. */
  @FunctionalInterface
  interface Leaving {
    /** Whether the thread was interrupted, and what it throws. */
    void leaving(Call call, boolean interrupted, @Nullable Throwable outcome);
  }

  /** By default nobody is told. */
  Leaving onLeaving = (call, interrupted, outcome) -> {};

  /** What starting a handler throws, if it is to. */
  @Nullable RuntimeException refusing;

  private final Deque<Runnable> started = new ArrayDeque<>();
  private final Semaphore back = new Semaphore(0);

  /** Those that have begun and not ended. */
  final List<Call> running = new ArrayList<>();

  @Override
  public void execute(Runnable task) {
    if (refusing != null) {
      throw refusing;
    }
    started.add(task);
  }

  /** How many the dispatcher has started and the test has not let begin. */
  int waiting() {
    return started.size();
  }

  /** Lets the first begin that was started; null if its handler was not called. */
  @Nullable Call begin() {
    Runnable task = started.remove();
    int before = running.size();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                task.run();
              } finally {
                back.release();
              }
            });
    back.acquireUninterruptibly();
    return running.size() > before ? running.getLast() : null;
  }

  /** Lets a handler return, or throw. */
  void end(Call call, @Nullable Throwable outcome) {
    running.remove(call);
    call.outcome = outcome;
    call.go.release();
    back.acquireUninterruptibly();
  }

  /** Begins what is started and returns from it, until nothing is started any more. */
  void runAll() {
    while (!started.isEmpty()) {
      Call call = begin();
      if (call != null) {
        end(call, null);
      }
    }
  }

  /** Returns from all that run, in order. */
  void endAll() {
    List.copyOf(running).forEach(call -> end(call, null));
  }

  /** Begins what is started, in order. */
  List<Call> beginAll() {
    var begun = new ArrayList<Call>();
    while (!started.isEmpty()) {
      Call call = begin();
      if (call != null) {
        begun.add(call);
      }
    }
    return begun;
  }

  @Override
  public void handle(Item<String> item, int attempt) throws Exception {
    var call = new Call(item, attempt);
    running.add(call);
    back.release();
    // Does not care for interrupts: the test ends it.
    call.go.acquireUninterruptibly();
    onLeaving.leaving(call, Thread.currentThread().isInterrupted(), call.outcome);
    switch (call.outcome) {
      case null -> {}
      case Exception exception -> throw exception;
      case Error error -> throw error;
      default -> throw new AssertionError(call.outcome);
    }
  }
}
