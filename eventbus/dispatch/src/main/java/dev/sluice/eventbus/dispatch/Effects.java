package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.dispatch.Attempt.Interruption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done when the board's lock is released: all that calls others. Collected and
 * carried out by one thread.
 */
final class Effects<T> {

  /** An attempt that is to be interrupted. */
  record Interrupt(Attempt<?> attempt, Interruption why) {}

  private @Nullable Attempt<T> firstStart;
  private @Nullable Attempt<T> lastStart;

  /** Whose owners are to be told of room. */
  List<Epoch<T>> roomy = List.of();

  /** Who is to be interrupted. */
  List<Interrupt> interrupts = List.of();

  /** Who is waited for by a close. */
  List<CompletableFuture<@Nullable Void>> quiet = List.of();

  /** What the dead-letter target is to be asked to store. */
  @Nullable Burial<T> burial;

  /** What waits for somebody from now on. */
  @Nullable Parked parked;

  void start(Attempt<T> attempt) {
    if (lastStart == null) {
      firstStart = attempt;
    } else {
      lastStart.next = attempt;
    }
    lastStart = attempt;
  }

  /** Takes out the first that is to be started. */
  @Nullable Attempt<T> nextStart() {
    Attempt<T> attempt = firstStart;
    if (attempt != null) {
      firstStart = attempt.next;
      attempt.next = null;
      if (firstStart == null) {
        lastStart = null;
      }
    }
    return attempt;
  }

  void room(Epoch<T> epoch) {
    roomy = with(roomy, epoch);
  }

  void interrupt(Attempt<?> attempt, Interruption why) {
    interrupts = with(interrupts, new Interrupt(attempt, why));
  }

  void quiet(CompletableFuture<@Nullable Void> waiting) {
    quiet = with(quiet, waiting);
  }

  private static <E> List<E> with(List<E> list, E element) {
    List<E> grown = list.isEmpty() ? new ArrayList<>(2) : list;
    grown.add(element);
    return grown;
  }
}
