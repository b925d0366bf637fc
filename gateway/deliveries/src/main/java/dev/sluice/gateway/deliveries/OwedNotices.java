package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerQuestion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deliveries that were acknowledged without their holder, because that was out of reach. It goes on
 * holding and renewing them if it lives, so it is told again and again until it has understood, is
 * gone, or would have let go of them by itself. The oldest are forgotten when there are too many.
 * Only touched on its loop.
 */
final class OwedNotices {

  /** The most on one loop. */
  static final int MOST = 4096;

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private record Owed(HeldResolution.Acknowledge notice, long untilNanos) {}

  private final Instance instance;
  private final Loop loop;
  // A holder leaves when nothing is owed to it.
  private final Map<Peer, Deque<Owed>> byHolder = new HashMap<>();
  private int size;
  private Cancellable timer = Cancellable.NONE;
  private boolean waiting;
  private boolean closed;

  OwedNotices(Instance instance, Loop loop) {
    this.instance = instance;
    this.loop = loop;
  }

  /** The holder is to learn that this was acknowledged. */
  void add(Peer holder, HeldResolution.Acknowledge notice) {
    if (closed) {
      return;
    }
    if (size >= MOST) {
      forgetOldestOf(byHolder.keySet().iterator().next());
    }
    long until = instance.clock().nanoTime() + instance.settings().receive().maxHold().toNanos();
    byHolder.computeIfAbsent(holder, first -> new ArrayDeque<>()).add(new Owed(notice, until));
    size++;
    await();
  }

  private void forgetOldestOf(Peer holder) {
    Deque<Owed> owed = byHolder.get(holder);
    if (owed != null && owed.poll() != null) {
      size--;
      if (owed.isEmpty()) {
        byHolder.remove(holder);
      }
    }
  }

  private void await() {
    if (!waiting && !closed && size > 0) {
      waiting = true;
      timer = loop.schedule(this::tell, PAUSE);
    }
  }

  private void tell() {
    waiting = false;
    long now = instance.clock().nanoTime();
    for (Peer holder : List.copyOf(byHolder.keySet())) {
      tell(holder, now);
    }
    await();
  }

  private void tell(Peer holder, long now) {
    Deque<Owed> owed = byHolder.remove(holder);
    if (owed == null) {
      return;
    }
    size -= owed.size();
    owed.removeIf(each -> now - each.untilNanos >= 0);
    while (!owed.isEmpty()) {
      var batch = new ArrayList<Owed>();
      while (batch.size() < PeerQuestion.ResolveHeld.MOST && !owed.isEmpty()) {
        batch.add(owed.remove());
      }
      var notices = batch.stream().<HeldResolution>map(Owed::notice).toList();
      instance.peers().ask(holder, new PeerQuestion.ResolveHeld(notices), new Told(holder, batch));
    }
  }

  private void owe(Peer holder, List<Owed> again) {
    if (!closed && !again.isEmpty() && size + again.size() <= MOST) {
      byHolder.computeIfAbsent(holder, first -> new ArrayDeque<>()).addAll(again);
      size += again.size();
      await();
    }
  }

  /** Whether another time it may go better. */
  private static boolean isPassing(GatewayException failure) {
    return switch (failure.category()) {
      case UNAVAILABLE, TIMEOUT, UNKNOWN_OUTCOME, OVERLOADED, INTERNAL -> true;
      case NOT_FOUND,
          INVALID_ARGUMENT,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          UNSUPPORTED,
          CANCELLED ->
          false;
    };
  }

  private final class Told implements Completion<PeerAnswer.HeldResolved> {
    private final Peer holder;
    private final List<Owed> batch;

    Told(Peer holder, List<Owed> batch) {
      this.holder = holder;
      this.batch = batch;
    }

    @Override
    public void done(PeerAnswer.HeldResolved answer) {
      var again = new ArrayList<Owed>();
      for (int i = 0; i < batch.size(); i++) {
        if (answer.outcomes().get(i) instanceof HeldOutcome.Failed failed
            && isPassing(failed.failure())) {
          again.add(batch.get(i));
        }
      }
      owe(holder, again);
    }

    @Override
    public void failed(GatewayException failure) {
      if (isPassing(failure)) {
        owe(holder, batch);
      }
    }
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** Forgets them. */
  void close() {
    closed = true;
    timer.cancel();
    byHolder.clear();
    size = 0;
  }
}
