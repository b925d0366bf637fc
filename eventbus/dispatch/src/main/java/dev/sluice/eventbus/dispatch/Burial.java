package dev.sluice.eventbus.dispatch;

import dev.sluice.lifecycle.TimeoutScheduler.Timeout;
import org.jspecify.annotations.Nullable;

/** An entry on its way to the dead-letter target. Guarded by the board. */
final class Burial<T> implements Stage {

  final Entry<T> entry;

  /** What the target is told. */
  final int attempts;

  final Throwable cause;

  /** How often the target failed. */
  int refused;

  /** Until it is asked again; null while it is being asked. */
  @Nullable Timeout pause;

  Burial(Entry<T> entry, Throwable cause) {
    this.entry = entry;
    this.attempts = entry.failed;
    this.cause = cause;
  }
}
