package dev.sluice.eventbus.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who waits for what goes on to end. Guarded by the board. */
final class Quiet {

  /**
   * Completes when no handler runs.
   *
   * @param targetToo and the dead-letter target is not being asked either
   */
  record Wait(boolean targetToo, CompletableFuture<@Nullable Void> over) {

    static Wait forHandlers() {
      return new Wait(false, new CompletableFuture<>());
    }

    static Wait forAll() {
      return new Wait(true, new CompletableFuture<>());
    }
  }

  // Two at most, of one close.
  private final List<Wait> waits = new ArrayList<>();

  void add(Wait wait) {
    waits.add(wait);
  }

  /** Has those completed whose time has come. */
  void check(int running, int asking, Effects<?> effects) {
    if (running > 0 || waits.isEmpty()) {
      return;
    }
    for (Wait wait : List.copyOf(waits)) {
      if (asking == 0 || !wait.targetToo()) {
        waits.remove(wait);
        effects.quiet(wait.over());
      }
    }
  }
}
