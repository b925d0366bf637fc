package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.dispatch.Attempt.Interruption;
import dev.sluice.eventbus.dispatch.Stage.Held;
import dev.sluice.eventbus.dispatch.Stage.Resting;
import dev.sluice.eventbus.dispatch.Stage.Still;
import org.jspecify.annotations.Nullable;

/** Takes what is of a revoked epoch out of mailboxes. Guarded by the board. */
final class Revocation<T> {

  private final Failures<T> failures;

  Revocation(Failures<T> failures) {
    this.failures = failures;
  }

  /** The mailbox is idle afterwards if what it stood at was of the epoch. */
  void of(Mailbox<T> mailbox, Epoch<T> epoch, Effects<T> effects) {
    Entry<T> first = mailbox.first();
    boolean isFirst = first != null && first.epoch == epoch;
    switch (mailbox.stage) {
      case Attempt<?> attempt -> {
        // The key stays taken until its thread has left, as it may go on in spite of this.
        if (attempt.entry.epoch == epoch) {
          effects.interrupt(attempt, Interruption.REVOKED);
        }
      }
      case Still still -> {
        if (still == Still.READY && isFirst) {
          mailbox.stage = Still.IDLE;
        }
      }
      case Resting resting -> letGo(first, isFirst);
      case Burial<?> burial -> letGo(first, isFirst);
      case Held holding -> letGo(first, isFirst);
    }
    mailbox.drop(epoch);
  }

  private void letGo(@Nullable Entry<T> first, boolean isFirst) {
    if (isFirst && first != null) {
      failures.letGo(first);
    }
  }
}
