package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.dispatch.Stage.Resting;
import dev.sluice.eventbus.dispatch.Stage.Still;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a dispatcher knows, under one lock. Each method is a short step from one state to the
 * next, and leaves nothing that might start while a slot is free. What is to be done outside is put
 * into the effects: nothing here calls users' code.
 *
 * <p>Resolving takes two steps, so that owners are told in order: the first takes the entry out of
 * the frontier, then its owner is told, and only the second lets its key go on.
 */
final class Board<T> {

  private final Mailboxes<T> mailboxes = new Mailboxes<>();
  private final Rota<T> rota = new Rota<>();
  private final Room<T> room;
  private final Slots<T> slots;
  private final Failures<T> failures;
  private final Quiet quiet = new Quiet();
  private final Counts counts = new Counts();
  private final Epochs<T> epochs = new Epochs<>();
  private final Revocation<T> revocation;
  private boolean closing;

  Board(DispatchOptions options, DispatchRuntime runtime, Wakes<T> wakes) {
    this.room = new Room<>(options);
    this.slots = new Slots<>(options, runtime, wakes::look);
    this.failures = new Failures<>(options.policy(), runtime.scheduler(), wakes, rota);
    this.revocation = new Revocation<>(failures);
  }

  synchronized Epoch<T> open(String name, FlowOwner<T> owner) {
    return epochs.open(name, owner);
  }

  /** As {@link Flow#offer}. */
  synchronized boolean offer(Epoch<T> epoch, Item<T> item, long nowNanos, Effects<T> effects) {
    if (closing || epoch.revoked) {
      return false;
    }
    epoch.frontier.check(item);
    if (!room.take(epoch, item)) {
      return false;
    }
    Mailbox<T> mailbox = mailboxes.of(item.key());
    Entry<T> entry = new Entry<>(item, epoch, mailbox, nowNanos);
    epoch.frontier.add(entry);
    mailbox.add(entry);
    if (mailbox.stage == Still.IDLE) {
      goOn(mailbox);
      begin(effects);
    }
    return true;
  }

  private void goOn(Mailbox<T> mailbox) {
    mailbox.stage = Still.IDLE;
    Entry<T> first = mailbox.first();
    if (first == null) {
      mailboxes.remove(mailbox);
    } else if (!closing) {
      rota.add(mailbox, first.epoch);
    }
  }

  private void begin(Effects<T> effects) {
    while (!closing && slots.isFree()) {
      Mailbox<T> mailbox = rota.next();
      Entry<T> entry = mailbox == null ? null : mailbox.first();
      if (mailbox == null || entry == null) {
        return;
      }
      if (entry.tried) {
        counts.retries++;
      }
      entry.tried = true;
      Attempt<T> attempt = new Attempt<>(entry, entry.failed + 1);
      mailbox.stage = attempt;
      slots.add(attempt);
      effects.start(attempt);
    }
  }

  private void afterwards(Effects<T> effects) {
    begin(effects);
    room.tellAll(effects);
    quiet.check(slots.running(), failures.asking(), effects);
  }

  /** An item was handled; whether this counts, and its owner is to be told before it has left. */
  synchronized boolean handled(Attempt<T> attempt) {
    if (attempt.entry.epoch.revoked) {
      counts.discarded++;
      return false;
    }
    resolve(attempt.entry, Resolution.HANDLED);
    return true;
  }

  private void resolve(Entry<T> entry, Resolution how) {
    entry.epoch.frontier.remove(entry);
    entry.mailbox.removeFirst();
    entry.mailbox.stage = Still.TELLING;
    room.release(1, entry.item.bytes());
    counts.resolved(how);
  }

  /** The second step after {@link #handled}. */
  synchronized void left(Attempt<T> attempt, Effects<T> effects) {
    slots.remove(attempt);
    goOn(attempt.entry.mailbox);
    afterwards(effects);
  }

  /** The second step after {@link #stored} and {@link #skip}. */
  synchronized void told(Entry<T> entry, Effects<T> effects) {
    goOn(entry.mailbox);
    afterwards(effects);
  }

  /** A handler failed, and its thread has left it. */
  synchronized void failed(Attempt<T> attempt, Throwable cause, String reason, Effects<T> effects) {
    Entry<T> entry = attempt.entry;
    if (entry.epoch.revoked) {
      counts.discarded++;
    }
    if (end(attempt) && failures.failed(entry, cause, reason, effects)) {
      goOn(entry.mailbox);
    }
    afterwards(effects);
  }

  /** An attempt was interrupted before it began. */
  synchronized void notBegun(Attempt<T> attempt, Effects<T> effects) {
    if (end(attempt)) {
      goOn(attempt.entry.mailbox);
    }
    afterwards(effects);
  }

  /** There was no thread for an attempt. */
  synchronized void notStarted(Attempt<T> attempt, Effects<T> effects) {
    if (end(attempt)) {
      failures.notStarted(attempt.entry);
    }
    afterwards(effects);
  }

  // Of what was revoked, or fails while all is being closed, nothing follows but that the key is
  // free: the item is not resolved, and comes again.
  private boolean end(Attempt<T> attempt) {
    slots.remove(attempt);
    boolean matters = !closing && !attempt.entry.epoch.revoked;
    if (!matters) {
      goOn(attempt.entry.mailbox);
    }
    return matters;
  }

  /** An entry has waited for its next attempt. */
  synchronized void rested(Entry<T> entry, Effects<T> effects) {
    if (entry.mailbox.stage instanceof Resting && entry.mailbox.first() == entry) {
      goOn(entry.mailbox);
      begin(effects);
    }
  }

  /** The dead-letter target may be asked again; whether it still is to be. */
  synchronized boolean asksAgain(Burial<T> burial) {
    return failures.asksAgain(burial);
  }

  /** The dead-letter target has an item; whether this counts, as for {@link #handled}. */
  synchronized boolean stored(Burial<T> burial) {
    if (!failures.answered(burial)) {
      counts.discarded++;
      return false;
    }
    resolve(burial.entry, Resolution.DEAD_LETTERED);
    return true;
  }

  /** The dead-letter target failed. */
  synchronized void notStored(Burial<T> burial, Effects<T> effects) {
    if (failures.answered(burial)) {
      if (closing) {
        goOn(burial.entry.mailbox);
      } else {
        failures.refused(burial);
      }
      afterwards(effects);
    }
  }

  /** As {@link KeyedDispatcher#retry}. */
  synchronized boolean retry(Parked parked, Effects<T> effects) {
    Entry<T> entry = closing ? null : failures.release(parked);
    if (entry == null) {
      return false;
    }
    entry.failed = 0;
    rota.resume(entry.epoch);
    goOn(entry.mailbox);
    afterwards(effects);
    return true;
  }

  /** As {@link KeyedDispatcher#skip}: what is skipped, and its owner is to be told; or null. */
  synchronized @Nullable Entry<T> skip(Parked parked) {
    Entry<T> entry = closing ? null : failures.release(parked);
    if (entry != null) {
      rota.resume(entry.epoch);
      resolve(entry, Resolution.SKIPPED);
    }
    return entry;
  }

  /** As {@link Flow#revoke}. Takes time in proportion to what waits in the mailboxes concerned. */
  synchronized long revoke(Epoch<T> epoch, Effects<T> effects) {
    if (!epoch.revoked) {
      epoch.revoked = true;
      epochs.remove(epoch);
      rota.remove(epoch);
      epoch.ready.clear();
      room.forget(epoch);
      room.release(epoch.frontier.size(), epoch.frontier.bytes());
      Set<Mailbox<T>> concerned = Collections.newSetFromMap(new IdentityHashMap<>());
      for (Entry<T> each = epoch.frontier.oldest(); each != null; each = each.after) {
        concerned.add(each.mailbox);
      }
      epoch.frontier.freeze();
      for (Mailbox<T> mailbox : concerned) {
        revocation.of(mailbox, epoch, effects);
        if (mailbox.stage == Still.IDLE) {
          goOn(mailbox);
        }
      }
      afterwards(effects);
    }
    return epoch.frontier.offset();
  }

  /** Interrupts are due. */
  synchronized void look(Effects<T> effects) {
    slots.interruptOverdue(effects);
  }

  /** Nothing is taken or started any more, and no timer wakes anything. */
  synchronized void stop() {
    closing = true;
    for (Epoch<T> epoch : epochs.open()) {
      room.forget(epoch);
      for (Entry<T> each = epoch.frontier.oldest(); each != null; each = each.after) {
        if (each.mailbox.first() == each) {
          failures.stopWaiting(each);
        }
      }
    }
  }

  /** Completes when no handler runs, and if so wished nothing is being stored either. */
  synchronized void await(Quiet.Wait wait, Effects<T> effects) {
    quiet.add(wait);
    quiet.check(slots.running(), failures.asking(), effects);
  }

  synchronized void interruptAll(Effects<T> effects) {
    slots.interruptAll(effects);
  }

  /** Lets go of what is in the ledger, as far as handlers have. */
  synchronized void close() {
    slots.close();
  }

  /** For a person: each handler that runs. */
  synchronized List<String> running() {
    return slots.describe();
  }

  /** For a person: each item that the dead-letter target is asked to store. */
  synchronized List<String> beingStored() {
    return failures.beingAsked();
  }

  synchronized List<Parked> parked() {
    return failures.parked();
  }

  synchronized long frontier(Epoch<T> epoch) {
    return epoch.frontier.offset();
  }

  synchronized int unresolved(Epoch<T> epoch) {
    return epoch.frontier.size();
  }

  /** How many keys there are that something is known of. */
  synchronized int mailboxes() {
    return mailboxes.size();
  }

  synchronized DispatchSnapshot inspect(long nowNanos) {
    return new DispatchSnapshot(
        slots.running(),
        slots.overdue(),
        room.messages() - slots.ofOpen(),
        room.bytes(),
        counts.handled,
        counts.retries,
        counts.deadLettered,
        counts.skipped,
        counts.discarded,
        epochs.inspect(nowNanos));
  }
}
