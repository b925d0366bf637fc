package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.nats.GroupTurn.Claim;
import dev.sluice.lifecycle.Clock;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This bus as a member of its group: gives signs of life, takes and hands back partitions, and
 * notes how far they are, all by turns at the group's record. One thread takes the turns.
 *
 * <p>A member that could not renew its lease for three quarters of its time has lost it, by its own
 * clock, and takes all its flows back at once; others take its partitions when they have not heard
 * of it for all of that time.
 */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
  private static final int TURNS_PER_LEASE = 5;
  private static final int CONFLICTS = 10;
  private static final Duration LONGEST_DRAIN = Duration.ofSeconds(5);

  private final Link.Settings settings;
  private final Topics topics;
  private final Feeds feeds;
  private final Clock clock;
  private final long leaseNanos;
  private final Semaphore wakes = new Semaphore(0);
  private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong rebalances = new AtomicLong();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private volatile @Nullable Session session;
  private volatile boolean leaving;
  private volatile long validUntil;

  // All below belong to the thread that takes the turns.
  private final Signs signs;
  private final List<CompletableFuture<Void>> committing = new ArrayList<>();
  private String id = newId();
  private boolean joined;

  Membership(Link.Settings settings, Topics topics, Feeds feeds, Clock clock) {
    this.settings = settings;
    this.topics = topics;
    this.feeds = feeds;
    this.clock = clock;
    this.leaseNanos = settings.options().leaseTime().toNanos();
    this.signs = new Signs(settings.options().leaseTime());
    this.validUntil = clock.nanoTime();
  }

  /** Somebody else was first. */
  private static final class Overtaken extends Exception {
    private static final long serialVersionUID = 1L;

    Overtaken(Throwable cause) {
      super(cause);
    }
  }

  void start() {
    settings.threads().run(this::run);
    settings.threads().later(this::watch, Duration.ofNanos(leaseNanos / 4));
  }

  void online(Session next) {
    session = next;
    next.subscribeAnswers(settings.names().wakeSubject(), message -> wake());
    wake();
  }

  void offline(Session ended) {
    session = null;
    wake();
  }

  /** Has the next turn taken at once. */
  void wake() {
    wakes.release();
  }

  long rebalances() {
    return rebalances.get();
  }

  /** Completes when how far all partitions are is noted; fails if the next turn fails. */
  CompletionStage<Void> commit() {
    CompletableFuture<Void> committed = new CompletableFuture<>();
    waiting.add(committed);
    wake();
    return committed;
  }

  /** Takes all flows back, and leaves the group. Completes when that is noted, or cannot be. */
  CompletionStage<Void> leave() {
    leaving = true;
    feeds.close();
    wake();
    return left;
  }

  /** For a membership that was never started. */
  void neverStarted() {
    left.complete(null);
  }

  /** Takes the flows back when the lease is over, whatever the turns wait for. */
  private void watch() {
    long over = clock.nanoTime() - validUntil;
    if (over >= 0 && !leaving) {
      lapse();
    }
    if (!leaving) {
      long next = over >= 0 ? leaseNanos / 20 : -over;
      settings.threads().later(this::watch, Duration.ofNanos(next));
    }
  }

  private void lapse() {
    int lost = feeds.revokeAll();
    if (lost > 0) {
      rebalances.incrementAndGet();
      LOG.warn("lost the lease of {} partitions: it could not be renewed in time", lost);
    }
  }

  private void run() {
    Duration interval = Duration.ofNanos(leaseNanos / TURNS_PER_LEASE);
    try {
      while (!leaving) {
        Session over = session;
        boolean done = over != null && turns(over);
        if (!done) {
          fail(EventBusException.of(Category.UNAVAILABLE, "the group's record cannot be written"));
        }
        // A failed turn is tried again sooner, but not at once.
        long pause = done || over == null ? interval.toMillis() : interval.toMillis() / 4;
        if (wakes.tryAcquire(Math.max(10, pause), TimeUnit.MILLISECONDS)) {
          wakes.drainPermits();
        }
      }
      Session over = session;
      if (joined && over != null) {
        goodbye(over);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      fail(EventBusException.of(Category.UNAVAILABLE, "the bus is closed"));
      left.complete(null);
    }
  }

  private void fail(EventBusException failure) {
    takeWaiting();
    committing.forEach(each -> each.completeExceptionally(failure));
    committing.clear();
  }

  private boolean turns(Session over) {
    for (int i = 0; i < CONFLICTS && !leaving; i++) {
      try {
        turn(over);
        return true;
      } catch (Overtaken e) {
        LOG.debug("another member was first", e);
      } catch (IOException | JetStreamApiException | RuntimeException e) {
        if (over.isUp() && !leaving) {
          LOG.warn("no turn at the record of group {}: {}", settings.names().group(), e.toString());
        }
        over.forgetGroups();
        return false;
      }
    }
    return false;
  }

  private void turn(Session over) throws IOException, JetStreamApiException, Overtaken {
    takeWaiting();
    Map<String, Integer> partitions = new HashMap<>();
    for (String topic : settings.options().bus().topics()) {
      partitions.put(topic, topics.ensure(topic, over.management()));
    }
    KeyValue groups = over.groups();
    long asked = clock.nanoTime();
    KeyValueEntry entry = groups.get(settings.names().groupKey());
    byte[] value = entry == null ? null : entry.getValue();
    GroupDocument before = value == null ? GroupDocument.empty() : GroupDocument.parse(value);
    List<String> gone = signs.look(before.members(), asked, clock.nanoTime());
    if (joined && !before.members().containsKey(id)) {
      LOG.warn("the group took this member for dead: it joins anew");
      lapse();
      rebalances.incrementAndGet();
      id = newId();
      joined = false;
    }
    GroupTurn turn = new GroupTurn(before, id);
    gone.stream().filter(each -> !each.equals(id)).forEach(turn::remove);
    turn.beat(settings.options().bus().topics());
    partitions.forEach(turn::know);
    boolean changed = dropLost(turn);
    changed |= !gone.isEmpty();
    List<PartitionFeed> handedBack = handBack(turn);
    List<Claim> claims = new ArrayList<>();
    for (String topic : settings.options().bus().topics()) {
      claims.addAll(turn.claim(topic, feeds::has));
      beginToLeave(topic, turn.surplus(topic));
    }
    long sent = clock.nanoTime();
    write(groups, entry, turn.after());
    renewed(sent);
    if (!handedBack.isEmpty() || !claims.isEmpty()) {
      // Before they are seen, so that who has seen them has seen that, too.
      rebalances.incrementAndGet();
    }
    handedBack.forEach(feeds::remove);
    claims.forEach(this::open);
    changed |= !handedBack.isEmpty() || !claims.isEmpty() || !joined;
    joined = true;
    if (changed) {
      over.publish(settings.names().wakeSubject(), null, null, new byte[0]);
    }
    committing.forEach(each -> each.complete(null));
    committing.clear();
  }

  private void takeWaiting() {
    for (CompletableFuture<Void> each = waiting.poll(); each != null; each = waiting.poll()) {
      committing.add(each);
    }
  }

  /**
   * Takes back what the record says is not this member's any more, and notes how far the rest is.
   */
  private boolean dropLost(GroupTurn turn) {
    boolean lost = false;
    for (PartitionFeed feed : feeds.all()) {
      if (turn.has(feed.part(), feed.epoch())) {
        turn.commit(feed.part(), feed.position());
      } else {
        LOG.warn("{} is another member's: epoch {} is over", feed.part(), feed.epoch());
        feed.revoke();
        feeds.remove(feed);
        lost = true;
      }
    }
    if (lost) {
      rebalances.incrementAndGet();
    }
    return lost;
  }

  /** What was to be given up and has nothing under way, or had its time. */
  private List<PartitionFeed> handBack(GroupTurn turn) {
    List<PartitionFeed> back = new ArrayList<>();
    for (PartitionFeed feed : feeds.all()) {
      if (feed.isReadyToLeave(clock.nanoTime())) {
        turn.release(feed.part(), feed.revoke());
        back.add(feed);
      }
    }
    return back;
  }

  private void beginToLeave(String topic, int surplus) {
    List<PartitionFeed> mine = feeds.of(topic);
    int more = surplus - (int) mine.stream().filter(PartitionFeed::isLeaving).count();
    long drain = Math.min(LONGEST_DRAIN.toNanos(), leaseNanos / 2);
    for (int i = mine.size() - 1; i >= 0 && more > 0; i--) {
      PartitionFeed feed = mine.get(i);
      if (!feed.isLeaving()) {
        feed.leave(clock.nanoTime() + drain);
        more--;
        wake();
      }
    }
  }

  private void open(Claim claim) {
    if (clock.nanoTime() - validUntil < 0) {
      feeds.open(claim);
    }
    // Otherwise it took too long; the next turn takes it anew.
  }

  private void renewed(long sent) {
    validUntil = sent + leaseNanos * 3 / 4;
  }

  private void write(KeyValue groups, @Nullable KeyValueEntry before, GroupDocument after)
      throws IOException, JetStreamApiException, Overtaken {
    String key = settings.names().groupKey();
    try {
      if (before == null) {
        groups.create(key, after.bytes());
      } else {
        groups.update(key, after.bytes(), before.getRevision());
      }
    } catch (JetStreamApiException e) {
      if (NatsErrors.WRONG_LAST_SEQUENCE.contains(e.getApiErrorCode())) {
        throw new Overtaken(e);
      }
      throw e;
    }
  }

  private void goodbye(Session over) {
    for (int i = 0; i < CONFLICTS; i++) {
      try {
        KeyValue groups = over.groups();
        KeyValueEntry entry = groups.get(settings.names().groupKey());
        byte[] value = entry == null ? null : entry.getValue();
        if (value == null) {
          return;
        }
        GroupTurn turn = new GroupTurn(GroupDocument.parse(value), id);
        for (PartitionFeed feed : feeds.ended()) {
          if (turn.has(feed.part(), feed.epoch())) {
            turn.release(feed.part(), feed.position());
          }
        }
        turn.remove(id);
        write(groups, entry, turn.after());
        over.publish(settings.names().wakeSubject(), null, null, new byte[0]);
        return;
      } catch (Overtaken e) {
        LOG.debug("another member was first", e);
      } catch (IOException | JetStreamApiException | RuntimeException e) {
        LOG.warn("left group {} without saying so: {}", settings.names().group(), e.toString());
        return;
      }
    }
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }
}
