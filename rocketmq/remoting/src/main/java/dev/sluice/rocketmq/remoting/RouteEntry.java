package dev.sluice.rocketmq.remoting;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** What the cache knows of one topic, and who waits to know. Safe for all threads. */
final class RouteEntry {
  final String topic;
  private volatile @Nullable Route route;
  private volatile boolean used = true;
  private @Nullable List<Waiter> waiters;
  private @Nullable ClientException missing;
  private long missingUntilNanos;
  private int unusedRounds;

  private record Waiter(EventLoop loop, Reply<Route> reply) {}

  RouteEntry(String topic) {
    this.topic = topic;
  }

  /** The route at hand; reading it counts as use. Writes only where the flag changes. */
  @Nullable Route use() {
    if (!used) {
      used = true;
    }
    return route;
  }

  /** The route at hand, without using it. */
  @Nullable Route peek() {
    return route;
  }

  /** The failure to answer with while the topic is remembered as missing. */
  synchronized @Nullable ClientException missingAt(long nowNanos) {
    return missing != null && missingUntilNanos - nowNanos > 0 ? missing : null;
  }

  /** Adds one who waits; true if he must look up, as nobody does yet. */
  synchronized boolean await(EventLoop loop, Reply<Route> reply) {
    List<Waiter> waiting = waiters;
    boolean first = waiting == null;
    if (waiting == null) {
      waiting = new ArrayList<>(2);
      waiters = waiting;
    }
    waiting.add(new Waiter(loop, reply));
    return first;
  }

  /** The lookup gave this route. An equal one is not put in place of the old. */
  void found(Route fresh) {
    Route old = route;
    Route kept = old != null && old.sameAs(fresh) ? old : fresh;
    List<Waiter> waiting;
    synchronized (this) {
      route = kept;
      missing = null;
      waiting = takeWaiters();
    }
    for (Waiter waiter : waiting) {
      tell(waiter, () -> done(waiter.reply, kept));
    }
  }

  /** The lookup said that there is no such topic. */
  void isMissing(ClientException failure, long untilNanos) {
    List<Waiter> waiting;
    synchronized (this) {
      route = null;
      missing = failure;
      missingUntilNanos = untilNanos;
      waiting = takeWaiters();
    }
    fail(waiting, failure);
  }

  /** The lookup failed; what was known stays known. */
  void notFoundOut(ClientException failure) {
    List<Waiter> waiting;
    synchronized (this) {
      waiting = takeWaiters();
    }
    fail(waiting, failure);
  }

  /** Forgets that the topic is missing. */
  synchronized void forgetMissing() {
    missing = null;
  }

  /** A refresh round has come; tells for how many rounds nobody has used the route. */
  synchronized int unusedRounds() {
    if (used) {
      used = false;
      unusedRounds = 0;
    } else {
      unusedRounds++;
    }
    return unusedRounds;
  }

  /** Whether nothing is known and nobody waits. */
  synchronized boolean isEmptyAt(long nowNanos) {
    return route == null && waiters == null && missingAt(nowNanos) == null;
  }

  private List<Waiter> takeWaiters() {
    List<Waiter> taken = waiters == null ? List.of() : waiters;
    waiters = null;
    return taken;
  }

  private static void fail(List<Waiter> waiting, ClientException failure) {
    for (Waiter waiter : waiting) {
      tell(waiter, () -> Replies.fail(waiter.reply, failure));
    }
  }

  private static void done(Reply<Route> reply, Route route) {
    Replies.finish(reply, route);
  }

  private static void tell(Waiter waiter, Runnable outcome) {
    if (waiter.loop.inEventLoop()) {
      outcome.run();
      return;
    }
    try {
      waiter.loop.execute(outcome);
    } catch (RejectedExecutionException e) {
      // The loops are gone before the client was closed; there is no thread left to tell it on.
      outcome.run();
    }
  }
}
