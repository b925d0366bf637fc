package dev.sluice.lifecycle;

import dev.sluice.lifecycle.StagedClose.NamedStage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The stages of one close, run once. Stages run one after the other, and each hand-over goes
 * through a compare-and-set, so what is collected here needs no lock.
 */
final class StageRun implements BoundedCloseable {

  private static final long LONGEST_MARGIN_NANOS = Duration.ofMillis(50).toNanos();

  private final String name;
  private final List<NamedStage> stages;
  private final Clock clock;
  private final TimeoutScheduler scheduler;

  private final AtomicBoolean started = new AtomicBoolean();
  private final CompletableFuture<CloseReport> done = new CompletableFuture<>();
  private final CompletionStage<CloseReport> seenByCallers = done.minimalCompletionStage();
  private final List<String> unfinished = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final List<CloseReport> children = new ArrayList<>();
  private long startedAt;

  StageRun(String name, List<NamedStage> stages, Clock clock, TimeoutScheduler scheduler) {
    this.name = name;
    this.stages = stages;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    if (started.compareAndSet(false, true)) {
      startedAt = clock.nanoTime();
      long margin = Math.min(LONGEST_MARGIN_NANOS, deadline.remainingNanos() / 20);
      start(0, deadline.minus(Duration.ofNanos(margin)));
    }
    return seenByCallers;
  }

  @Override
  public CloseReport close(Deadline deadline) {
    return CloseWait.await(this, name, deadline);
  }

  private void start(int index, Deadline whole) {
    if (index == stages.size()) {
      var took = Duration.ofNanos(clock.nanoTime() - startedAt);
      done.complete(new CloseReport(name, took, unfinished, failures, children));
      return;
    }
    NamedStage stage = stages.get(index);
    Deadline mine = whole.minus(leftToLater(stage, index, whole));
    CompletableFuture<?> running = run(stage, mine);
    if (running.isDone()) {
      collect(running);
      start(index + 1, whole);
      return;
    }
    new Watch(index, whole, running).begin(mine);
  }

  private Duration leftToLater(NamedStage stage, int index, Deadline whole) {
    if (index == stages.size() - 1) {
      return Duration.ZERO;
    }
    return Duration.ofNanos((long) (whole.remainingNanos() * (1 - stage.share())));
  }

  // A stage is foreign code, and whatever it throws, the stages after it must still free what they
  // own.
  private static CompletableFuture<?> run(NamedStage stage, Deadline deadline) {
    try {
      return stage.stage().run(deadline).toCompletableFuture();
    } catch (Throwable failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private void collect(CompletableFuture<?> ended) {
    Object result = ended.handle(StageRun::resultOrFailure).join();
    switch (result) {
      case null -> {}
      case CloseReport report -> children.add(report);
      case Collection<?> results -> {
        for (Object each : results) {
          if (each instanceof CloseReport report) {
            children.add(report);
          }
        }
      }
      case Failure failure -> failures.add(failure.cause());
      default -> {}
    }
  }

  private record Failure(Throwable cause) {}

  private static @Nullable Object resultOrFailure(
      @Nullable Object result, @Nullable Throwable thrown) {
    if (thrown == null) {
      return result;
    }
    return new Failure(
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown);
  }

  /**
   * A stage that did not end at once: its end and its timeout race, and the winner starts the next
   * stage.
   */
  private final class Watch {
    private final int index;
    private final Deadline whole;
    private final CompletableFuture<?> running;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<TimeoutScheduler.@Nullable Timeout> timeout =
        new AtomicReference<>();

    Watch(int index, Deadline whole, CompletableFuture<?> running) {
      this.index = index;
      this.whole = whole;
      this.running = running;
    }

    void begin(Deadline mine) {
      try {
        timeout.set(scheduler.schedule(this::overran, mine.remaining()));
      } catch (RuntimeException e) {
        // Without a timer nothing bounds the stage, so it counts as out of time now.
        failures.add(e);
        overran();
        return;
      }
      var unused = running.whenComplete((result, thrown) -> ended());
    }

    private void ended() {
      if (over.compareAndSet(false, true)) {
        TimeoutScheduler.Timeout waiting = timeout.get();
        if (waiting != null) {
          waiting.cancel();
        }
        collect(running);
        start(index + 1, whole);
      }
    }

    private void overran() {
      if (over.compareAndSet(false, true)) {
        unfinished.add(stages.get(index).name());
        start(index + 1, whole);
      }
    }
  }
}
