package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.lifecycle.Tally;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries that one loop holds: renews them, hands them back, and acknowledges them by their
 * newest handle. Only touched on its loop.
 *
 * <p>An entry outlives its hold until its handles mean nothing any more, so that whoever uses one
 * is told the truth. Entries are bounded by the streams' credit, and what ends leaves by a timer.
 *
 * <p>Where handles are local, deliveries that their users renew are here too, until they come
 * again: other instances ask here. Those are bounded by what the message system hands out.
 */
final class HoldLoop {

  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Instance instance;
  private final Loop loop;
  private final AckLoop acks;
  private final Tally tally;
  private final HeldEntries entries;
  private final HoldTimer timer;
  private final HandleChanges changes;
  private final Returns returns;
  private boolean closed;

  HoldLoop(Instance instance, Loop loop, int index, AckLoop acks, Tally tally) {
    this.instance = instance;
    this.loop = loop;
    this.entries = new HeldEntries(instance.loops().all().size(), index);
    this.acks = acks;
    this.tally = tally;
    this.timer = new HoldTimer(instance, loop, this::due);
    this.changes = new HandleChanges(instance, this);
    this.returns = new Returns(loop, changes::handBack);
  }

  /** Runs the task on this loop. */
  void run(Runnable task) {
    OnLoop.run(loop, task);
  }

  /** Holds a delivery. Its holder is told once when it is no longer held. */
  Held hold(
      Holder holder, SharedUpstream shared, String group, Delivery delivery, Duration maxHold) {
    Held held = entries.add(holder, shared, group, delivery);
    long now = instance.clock().nanoTime();
    held.visibleAgainNanos = nanosOf(delivery.visibleAgainAt(), now);
    held.validUntilNanos = now;
    held.holdEndNanos = now + maxHold.toNanos();
    tally.add(1);
    await(held, now);
    return held;
  }

  /** Knows a delivery that its user renews and only this instance can act on. */
  Held know(SharedUpstream shared, String group, Delivery delivery) {
    Held known = entries.add(Holder.NONE, shared, group, delivery);
    long now = instance.clock().nanoTime();
    known.visibleAgainNanos = nanosOf(delivery.visibleAgainAt(), now);
    known.validUntilNanos = now;
    known.state = Held.State.RETURNED;
    await(known, now);
    return known;
  }

  /**
   * A delivery got a handle at its user's wish, who renews it from now on. Gives by what it is
   * found then; 0 where any instance can act on the handle.
   */
  long passOn(Held held) {
    long next = 0;
    if (held.local) {
      Held known = entries.renamed(held, Holder.NONE);
      known.validUntilNanos = known.visibleAgainNanos;
      known.state = Held.State.RETURNED;
      await(known, instance.clock().nanoTime());
      next = known.id;
    }
    over(held);
    return next;
  }

  /** Counts the time that it may be held from now, which may end before its next renewal. */
  void beginHold(Held held, Duration maxHold) {
    long now = instance.clock().nanoTime();
    held.holdEndNanos = now + maxHold.toNanos();
    if (held.isLinked() && held.holdEndNanos < held.dueNanos) {
      timer.set(held, held.holdEndNanos, now);
    }
  }

  /**
   * Holds the same delivery anew, nothing of which is under way: the old hold is over, and its
   * handles are void.
   */
  Held again(Held old, Holder next, Duration maxHold) {
    long now = instance.clock().nanoTime();
    Held fresh = entries.renamed(old, next);
    fresh.validUntilNanos = now;
    beginHold(fresh, maxHold);
    tally.add(1);
    over(old);
    await(fresh, now);
    return fresh;
  }

  /** Leaves a delivery, nothing of which is under way, to somebody else until {@link #settle}. */
  void lend(Held held) {
    held.acking = true;
    timer.remove(held);
  }

  /** What became of a delivery that was lent. */
  void settle(Held held, AckOutcome outcome) {
    acked(held, outcome);
  }

  /** The handle for its user; valid anywhere until the delivery is first renewed after this. */
  String seal(Held held) {
    long now = instance.clock().nanoTime();
    long due = held.changing ? now : held.dueNanos;
    held.validUntilNanos = Math.max(held.validUntilNanos, due);
    return new Handle(
            instance.peers().self(),
            held.id,
            instance.clock().currentTimeMillis() + (due - now) / 1_000_000,
            held.shared.endpointHash(),
            held.topic,
            held.group,
            held.handle,
            held.local)
        .seal(instance.sealer());
  }

  /** The same moment on the monotonic clock. */
  long nanosOf(long epochMillis, long now) {
    return now + (epochMillis - instance.clock().currentTimeMillis()) * 1_000_000;
  }

  /** Puts it where the next thing to be done about it is found in time. */
  private void await(Held held, long now) {
    long due =
        switch (held.state) {
          // A third of the time is left for renewing it, with a few attempts.
          case HELD ->
              Math.min(
                  held.visibleAgainNanos - Math.max(0, held.visibleAgainNanos - now) / 3,
                  held.holdEndNanos);
          case RETURNED -> held.visibleAgainNanos;
          case OVER -> held.validUntilNanos;
        };
    timer.set(held, due, now);
  }

  private void due(Held held) {
    long now = instance.clock().nanoTime();
    if (held.changing || held.acking || held.isLinked()) {
      return;
    }
    switch (held.state) {
      case HELD -> {
        if (now >= held.holdEndNanos) {
          instance.metrics().increment(Counter.HOLDS_EXPIRED);
          if (held.holder.keep(held, Duration.ZERO) == null) {
            handBack(held);
          }
        } else if (now >= held.visibleAgainNanos) {
          over(held);
        } else if (!held.holder.isThere()) {
          handBack(held);
        } else {
          changes.renew(held, now);
        }
      }
      case RETURNED -> over(held);
      case OVER -> entries.remove(held);
    }
  }

  /** Goes on with what waited for a change or an acknowledgement to end. */
  void proceed(Held held, boolean retry) {
    long now = instance.clock().nanoTime();
    Runnable deferred = held.deferred;
    if (!held.waiting.isEmpty()) {
      startAck(held);
    } else if (deferred != null) {
      held.deferred = null;
      deferred.run();
    } else if (held.returnWanted) {
      held.returnWanted = false;
      returns.enqueue(held);
    } else if (retry && held.state == Held.State.HELD) {
      long soon = now + RETRY.toNanos();
      timer.set(held, Math.min(soon, Math.max(now, held.visibleAgainNanos)), now);
    } else {
      await(held, now);
    }
  }

  /** Its handles are void: it comes again or was replaced. */
  void over(Held held) {
    endHold(held);
    returns.settle(held);
    entries.over(held);
    timer.remove(held);
    var expired = new AckOutcome.Failed(HandleFaults.expired());
    held.takeWaiting().forEach(waiter -> waiter.done(expired));
    Runnable deferred = held.deferred;
    held.deferred = null;
    if (deferred != null) {
      deferred.run();
    }
    await(held, instance.clock().nanoTime());
  }

  private void endHold(Held held) {
    if (held.state == Held.State.HELD) {
      held.state = Held.State.RETURNED;
      tally.remove(1);
      Holder holder = held.holder;
      // What is only remembered must not keep a stream and its call that have ended.
      held.holder = Holder.NONE;
      holder.released(held);
    }
  }

  /** Ends the hold and has the delivery come again soon; until then it is still acknowledged. */
  void handBack(Held held) {
    if (held.state != Held.State.HELD || closed) {
      return;
    }
    endHold(held);
    returns.count(held);
    timer.remove(held);
    if (held.changing || held.acking) {
      held.returnWanted = true;
    } else {
      returns.enqueue(held);
    }
  }

  /** What became of a delivery that its user does not have any more; null while the user has it. */
  @Nullable AckOutcome past(HeldResolution.Acknowledge wanted) {
    Held held = entries.find(wanted.hold());
    if (held == null) {
      // It was acknowledged: whatever else ends a hold is remembered for as long as this is valid.
      boolean valid = instance.clock().currentTimeMillis() < wanted.validUntil();
      return valid ? AckOutcome.OK : new AckOutcome.Failed(HandleFaults.expired());
    }
    return isOver(held) ? new AckOutcome.Failed(HandleFaults.expired()) : null;
  }

  /** Acknowledges by the newest handle; the completion is always done. */
  void ack(HeldResolution.Acknowledge wanted, Completion<AckOutcome> completion) {
    if (closed) {
      completion.done(new AckOutcome.Failed(Instance.closing()));
      return;
    }
    AckOutcome past = past(wanted);
    if (past != null) {
      completion.done(past);
      return;
    }
    Held held = Objects.requireNonNull(entries.find(wanted.hold()));
    held.await(completion);
    if (!held.changing && !held.acking) {
      startAck(held);
    }
  }

  private boolean isOver(Held held) {
    return held.state == Held.State.OVER
        || (!held.changing && instance.clock().nanoTime() >= held.visibleAgainNanos);
  }

  private void startAck(Held held) {
    held.acking = true;
    timer.remove(held);
    acks.ack(
        held.shared,
        held.topic,
        held.group,
        held.handle,
        new Completion<>() {
          @Override
          public void done(AckOutcome outcome) {
            acked(held, outcome);
          }

          @Override
          public void failed(GatewayException failure) {
            acked(held, new AckOutcome.Failed(failure));
          }
        });
  }

  private void acked(Held held, AckOutcome outcome) {
    held.acking = false;
    switch (outcome) {
      case AckOutcome.Acknowledged _ -> {
        held.acknowledged = true;
        endHold(held);
        returns.settle(held);
        entries.remove(held);
        Runnable deferred = held.deferred;
        held.deferred = null;
        held.takeWaiting().forEach(waiter -> waiter.done(outcome));
        if (deferred != null) {
          deferred.run();
        }
      }
      case AckOutcome.Failed failed -> {
        if (HandleFaults.isVoid(failed.failure())) {
          over(held);
        } else {
          held.takeWaiting().forEach(waiter -> waiter.done(outcome));
          proceed(held, true);
        }
      }
    }
  }

  /** Sets when a delivery comes again, on its user's behalf, whose hold ends with it. */
  void comeAgain(HeldResolution.ComeAgain wanted, Completion<HeldOutcome> completion) {
    if (closed) {
      completion.done(new HeldOutcome.Failed(Instance.closing()));
      return;
    }
    Held held = entries.find(wanted.hold());
    if (held == null || isOver(held)) {
      completion.done(new HeldOutcome.Failed(HandleFaults.expired()));
      return;
    }
    if (held.changing || held.acking) {
      if (held.deferred == null) {
        held.deferred = () -> comeAgain(wanted, completion);
      } else {
        completion.done(
            new HeldOutcome.Failed(
                GatewayException.overloaded(
                    "handle: is being changed (expected: one change at once)")));
      }
      return;
    }
    Held kept = held.holder.keep(held, wanted.invisible());
    if (kept != null) {
      long at = instance.clock().currentTimeMillis() + wanted.invisible().toMillis();
      kept.validUntilNanos = instance.clock().nanoTime() + wanted.invisible().toNanos();
      completion.done(new HeldOutcome.ComesAgain(new NewHandle(kept.handle, at), kept.id));
      return;
    }
    timer.remove(held);
    changes.comeAgain(held, wanted.invisible(), completion);
  }

  /** Whether nothing is being handed back; from any thread. */
  boolean isQuiet() {
    return returns.isQuiet();
  }

  /** Lets go of everything; what was still held comes again by itself. */
  void close() {
    closed = true;
    timer.close();
    for (Held held : entries.removeAll()) {
      timer.remove(held);
      endHold(held);
      returns.settle(held);
      entries.over(held);
    }
    returns.clear();
  }
}
