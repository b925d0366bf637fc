package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.nats.GroupTurn.Claim;
import dev.sluice.eventbus.transport.Intake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that this member has, and who handles their topics. Safe for use by any thread.
 */
final class Feeds {
  private final PartitionFeed.Shared shared;
  // Opened and removed by the membership; bounded by the partitions of the declared topics.
  private final Map<Part, PartitionFeed> feeds = new ConcurrentHashMap<>();
  private final Map<String, Intake> intakes = new ConcurrentHashMap<>();
  private volatile List<PartitionFeed> ended = List.of();
  private volatile @Nullable Session session;
  private volatile boolean closed;

  Feeds(PartitionFeed.Shared shared) {
    this.shared = shared;
  }

  void online(Session next) {
    session = next;
    feeds.values().forEach(feed -> feed.online(next));
  }

  void offline(Session over) {
    session = null;
    feeds.values().forEach(feed -> feed.offline(over));
  }

  void tick(long now) {
    feeds.values().forEach(feed -> feed.tick(now));
  }

  void attach(String topic, Intake intake) {
    intakes.put(topic, intake);
    of(topic).forEach(feed -> feed.attach(intake));
  }

  void quiesce(String topic) {
    intakes.remove(topic); // What is given from here on is held.
    of(topic).forEach(PartitionFeed::quiesce);
  }

  void detach(String topic) {
    intakes.remove(topic);
    of(topic).forEach(PartitionFeed::detach);
  }

  boolean has(Part part) {
    return feeds.containsKey(part);
  }

  void open(Claim claim) {
    PartitionFeed feed = new PartitionFeed(claim.part(), claim.epoch(), claim.committed(), shared);
    feeds.put(claim.part(), feed);
    // What is announced from here on finds it; what was announced before is told.
    Session now = session;
    if (now != null) {
      feed.online(now);
    }
    Intake intake = intakes.get(claim.part().topic());
    if (intake != null) {
      feed.attach(intake);
    }
    if (closed) {
      feed.revoke();
    }
  }

  void remove(PartitionFeed feed) {
    feeds.remove(feed.part(), feed);
  }

  /** Those of a topic, by number. */
  List<PartitionFeed> of(String topic) {
    return feeds.values().stream()
        .filter(feed -> feed.part().topic().equals(topic))
        .sorted(Comparator.comparingInt(feed -> feed.part().number()))
        .toList();
  }

  List<PartitionFeed> all() {
    return List.copyOf(feeds.values());
  }

  /** Takes all back, at once; returns how many there were. */
  int revokeAll() {
    List<PartitionFeed> all = new ArrayList<>(feeds.values());
    all.forEach(PartitionFeed::revoke);
    all.forEach(this::remove);
    return all.size();
  }

  /** The same for good. */
  void close() {
    closed = true;
    ended = all();
    revokeAll();
  }

  /** Those that were taken back by the close. */
  List<PartitionFeed> ended() {
    return ended;
  }
}
