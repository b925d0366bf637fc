package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.eventbus.dispatch.Stage.Held;
import dev.sluice.eventbus.dispatch.Stage.Resting;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a key stands whose handler failed: it waits for the next attempt, for the dead-letter
 * target or for somebody. Guarded by the board.
 */
final class Failures<T> {

  /** After how long a handler is started again for which there was no thread. */
  private static final Duration NO_THREAD = Duration.ofSeconds(1);

  /** Between questions to a dead-letter target that fails. */
  private static final Backoff TARGET = Backoff.standard();

  private final FailurePolicy policy;
  private final Timers timers;
  private final Wakes<T> wakes;
  private final Rota<T> rota;
  // Removed when somebody deals with it, or its flow is revoked.
  private final Set<Mailbox<T>> held = new LinkedHashSet<>();
  // Removed when the target has answered, or the flow is revoked.
  private final Set<Burial<?>> asking = new LinkedHashSet<>();

  Failures(FailurePolicy policy, TimeoutScheduler scheduler, Wakes<T> wakes, Rota<T> rota) {
    this.policy = policy;
    this.timers = new Timers(scheduler);
    this.wakes = wakes;
    this.rota = rota;
  }

  /** An attempt failed. Whether the next may begin at once. */
  boolean failed(Entry<T> entry, Throwable cause, String reason, Effects<T> effects) {
    entry.failed++;
    if (entry.failed >= policy.attempts() || cause instanceof PermanentFailureException) {
      exhausted(entry, cause, reason, effects);
      return false;
    }
    Duration wait = policy.backoff().after(entry.failed);
    if (wait.isZero()) {
      return true;
    }
    rest(entry, wait);
    return false;
  }

  /** There was no thread for it, which is no failure of its own. */
  void notStarted(Entry<T> entry) {
    rest(entry, NO_THREAD);
  }

  private void rest(Entry<T> entry, Duration wait) {
    entry.mailbox.stage = new Resting(timers.in(wait, () -> wakes.rested(entry)));
  }

  private void exhausted(Entry<T> entry, Throwable cause, String reason, Effects<T> effects) {
    switch (policy.then()) {
      case DEAD_LETTER -> {
        Burial<T> burial = new Burial<>(entry, cause);
        entry.mailbox.stage = burial;
        asking.add(burial);
        effects.burial = burial;
      }
      case PARK -> hold(entry, false, reason, effects);
      case STALL -> hold(entry, true, reason, effects);
    }
  }

  private void hold(Entry<T> entry, boolean wholeFlow, String reason, Effects<T> effects) {
    Item<T> item = entry.item;
    Parked parked =
        new Parked(entry.epoch.name, item.offset(), item.key(), wholeFlow, entry.failed, reason);
    entry.mailbox.stage = new Held(parked);
    held.add(entry.mailbox);
    if (wholeFlow) {
      entry.epoch.stalls++;
      rota.remove(entry.epoch);
    }
    effects.parked = parked;
  }

  /** The target has answered. Whether this still matters: its flow may have been revoked. */
  boolean answered(Burial<T> burial) {
    if (burial.entry.mailbox.stage != burial || burial.pause != null) {
      return false;
    }
    asking.remove(burial);
    return true;
  }

  /** The target failed, and is to be asked again. */
  void refused(Burial<T> burial) {
    burial.refused++;
    burial.pause = timers.in(TARGET.after(burial.refused), () -> wakes.paused(burial));
  }

  /** The pause is over; whether to ask again. */
  boolean asksAgain(Burial<T> burial) {
    if (burial.entry.mailbox.stage != burial || burial.pause == null) {
      return false;
    }
    burial.pause = null;
    asking.add(burial);
    return true;
  }

  /** What is parked there, and lets go of it. Null if it is not parked any more. */
  @Nullable Entry<T> release(Parked parked) {
    for (Mailbox<T> mailbox : held) {
      if (mailbox.stage instanceof Held holding && isSame(holding.parked(), parked)) {
        Entry<T> entry = Objects.requireNonNull(mailbox.first());
        letGo(entry);
        return entry;
      }
    }
    return null;
  }

  // What failed again since then is the same to who asks.
  private static boolean isSame(Parked one, Parked other) {
    return one.offset() == other.offset()
        && one.flow().equals(other.flow())
        && Objects.equals(one.key(), other.key());
  }

  /** A key does not wait any more, for whatever it is that it waited for; it is idle then. */
  void letGo(Entry<T> entry) {
    Mailbox<T> mailbox = entry.mailbox;
    switch (mailbox.stage) {
      case Resting resting -> resting.timeout().cancel();
      case Burial<?> burial -> letGo(burial);
      case Held holding -> {
        held.remove(mailbox);
        if (holding.parked().wholeFlow()) {
          entry.epoch.stalls--;
        }
      }
      case Attempt<?> attempt -> throw new IllegalStateException(attempt.describe());
      case Stage.Still still -> throw new IllegalStateException(entry.place() + ": " + still);
    }
    mailbox.stage = Stage.Still.IDLE;
  }

  private void letGo(Burial<?> burial) {
    if (burial.pause == null) {
      asking.remove(burial);
    } else {
      burial.pause.cancel();
    }
  }

  /** No timer wakes an entry any more. What is parked stays so. */
  void stopWaiting(Entry<T> entry) {
    Stage stage = entry.mailbox.stage;
    if (stage instanceof Resting || (stage instanceof Burial<?> burial && burial.pause != null)) {
      letGo(entry);
    }
  }

  List<Parked> parked() {
    List<Parked> all = new ArrayList<>(held.size());
    for (Mailbox<T> mailbox : held) {
      if (mailbox.stage instanceof Held holding) {
        all.add(holding.parked());
      }
    }
    return all;
  }

  /** How many the target is being asked to store, for flows that are open. */
  int asking() {
    return asking.size();
  }

  /** For a person: each of these. */
  List<String> beingAsked() {
    return asking.stream().map(burial -> burial.entry.place()).toList();
  }
}
