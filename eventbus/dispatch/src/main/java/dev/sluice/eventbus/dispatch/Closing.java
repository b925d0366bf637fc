package dev.sluice.eventbus.dispatch;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.StagedClose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a dispatcher: nothing new starts, what runs has six tenths of the time, is
 * interrupted, and what does not end then is named.
 */
final class Closing<T> {

  private static final double DRAIN = 0.6;

  /** That many are named one by one. */
  private static final int NAMED = 100;

  private final String name;
  private final DispatchRuntime runtime;
  private final Board<T> board;
  private final Consumer<Effects<T>> carryOut;

  Closing(String name, DispatchRuntime runtime, Board<T> board, Consumer<Effects<T>> carryOut) {
    this.name = name;
    this.runtime = runtime;
    this.board = board;
    this.carryOut = carryOut;
  }

  BoundedCloseable stages() {
    return StagedClose.named(name)
        .clock(runtime.clock())
        .scheduler(runtime.scheduler())
        .action("take nothing more", board::stop)
        .stage("drain", DRAIN, deadline -> await(Quiet.Wait.forAll()))
        .stage("interrupt", deadline -> interrupt())
        .stage("say what is left", deadline -> CompletableFuture.completedStage(rest()))
        .build();
  }

  private CompletionStage<@Nullable Void> await(Quiet.Wait wait) {
    var effects = new Effects<T>();
    board.await(wait, effects);
    carryOut.accept(effects);
    return wait.over();
  }

  private CompletionStage<@Nullable Void> interrupt() {
    var effects = new Effects<T>();
    board.interruptAll(effects);
    carryOut.accept(effects);
    return await(Quiet.Wait.forHandlers());
  }

  private List<CloseReport> rest() {
    board.close();
    var left = new ArrayList<CloseReport>();
    add(left, "handlers that have not returned", board.running());
    add(left, "dead letters that have not been stored", board.beingStored());
    return left;
  }

  private static void add(List<CloseReport> reports, String what, List<String> left) {
    if (!left.isEmpty()) {
      reports.add(new CloseReport(what, Duration.ZERO, named(left), List.of(), List.of()));
    }
  }

  private static List<String> named(List<String> left) {
    var named = new ArrayList<>(left.subList(0, Math.min(NAMED, left.size())));
    if (left.size() > NAMED) {
      named.add((left.size() - NAMED) + " more");
    }
    return named;
  }
}
