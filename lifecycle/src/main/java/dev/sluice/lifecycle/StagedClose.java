package dev.sluice.lifecycle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Builds a close out of ordered, named stages, each of which starts when the one before it has
 * ended, failed or used up its time.
 *
 * <pre>{@code
 * BoundedCloseable closing =
 *     StagedClose.named("upstream")
 *         .action("stop accepting", this::refuseNew)
 *         .stage("drain", 0.7, deadline -> drained(deadline))
 *         .action("cancel", this::failPending)
 *         .child("connections", connections)
 *         .build();
 * }</pre>
 *
 * <p>The stages run once however often and from however many threads it is closed. The first runs
 * on the caller's thread, each other where the one before it ended, or on the scheduler when that
 * one overran. Stages do not block. A stage that overruns is reported as unfinished and not
 * interrupted: it watches the deadline that it was given.
 *
 * <p>The last stage's time ends shortly before the deadline (a twentieth, at most 50 ms), so that
 * the report is there by the deadline.
 */
public final class StagedClose {

  private StagedClose() {}

  /** One step of a close. */
  @FunctionalInterface
  public interface Stage {
    /**
     * Starts the step, and completes when it has ended. A result that is a {@link CloseReport}, or
     * a collection of them, is added to the report's children.
     *
     * @param deadline the end of this stage's time, which leaves out what is left to later stages;
     *     may be past
     * @throws Exception if the step failed at once; the stages after it still run
     */
    CompletionStage<?> run(Deadline deadline) throws Exception;
  }

  /** A step that has ended when it returns. */
  @FunctionalInterface
  public interface Action {
    /** Does the step, without blocking. */
    void run() throws Exception;
  }

  /** Starts a close without stages; {@code name} is what reports call it. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /**
   * Closes all at the same time, and completes when the last has ended: for a stage that closes
   * children.
   */
  public static CompletionStage<List<CloseReport>> closeAll(
      Collection<? extends BoundedCloseable> children, Deadline deadline) {
    var closing = new ArrayList<CompletableFuture<CloseReport>>(children.size());
    for (BoundedCloseable child : children) {
      closing.add(child.closeAsync(deadline).toCompletableFuture());
    }
    return CompletableFuture.allOf(closing.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> closing.stream().map(CompletableFuture::join).toList());
  }

  record NamedStage(String name, double share, Stage stage) {}

  /** The stages so far. Not safe for use by several threads. */
  public static final class Builder {

    private final String name;
    private final List<NamedStage> stages = new ArrayList<>();
    private Clock clock = Clock.system();
    private TimeoutScheduler scheduler = TimeoutScheduler.system();

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** Measures with {@code clock}; the machine's if not called. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Ends overrunning stages by {@code scheduler}; {@link TimeoutScheduler#system()} if not
     * called.
     */
    public Builder scheduler(TimeoutScheduler scheduler) {
      this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
      return this;
    }

    /** Adds a stage that leaves a tenth of the time that it finds to the stages after it. */
    public Builder stage(String name, Stage stage) {
      return stage(name, 0.9, stage);
    }

    /**
     * Adds a stage that may use no more than a share of the time that it finds; the last one may
     * use all of it.
     *
     * @param share above 0, at most 1
     * @throws IllegalArgumentException if the share is none
     */
    public Builder stage(String name, double share, Stage stage) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(stage, "stage");
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException("share: " + share + " (expected: > 0 and <= 1)");
      }
      stages.add(new NamedStage(name, share, stage));
      return this;
    }

    /** Adds a stage that has ended when it returns. */
    public Builder action(String name, Action action) {
      Objects.requireNonNull(action, "action");
      return stage(
          name,
          deadline -> {
            action.run();
            return CompletableFuture.completedStage(null);
          });
    }

    /** Adds a stage that closes {@code child}, whose report becomes one of the children. */
    public Builder child(String name, BoundedCloseable child) {
      Objects.requireNonNull(child, "child");
      return stage(name, child::closeAsync);
    }

    /** The close, not yet started. */
    public BoundedCloseable build() {
      return new StageRun(name, List.copyOf(stages), clock, scheduler);
    }
  }
}
