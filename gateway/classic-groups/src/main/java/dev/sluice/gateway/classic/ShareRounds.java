package dev.sluice.gateway.classic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Works out the member's shares of all its topics, now and then and whenever members come or go,
 * and has its queues be these. Belongs to its group's loop.
 */
final class ShareRounds {
  private static final long USUAL_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final GroupParts parts;
  private final Map<String, ReadTopic> topics;
  private final AssignedQueues queues;
  private final Outages outages;
  private final Supplier<String> self;
  private final Shares shares;
  private final Alarms.Alarm next = new Alarms.Alarm(this::begin);
  private int left;
  private boolean settled;
  private boolean again;
  private boolean over;

  /**
   * No round yet.
   *
   * @param topics those that the group consumes now
   * @param self the member as its heartbeats name it; empty while there is none
   */
  ShareRounds(
      GroupParts parts,
      Map<String, ReadTopic> topics,
      AssignedQueues queues,
      Outages outages,
      Supplier<String> self) {
    this.parts = parts;
    this.topics = topics;
    this.queues = queues;
    this.outages = outages;
    this.self = self;
    this.shares = new Shares(parts);
  }

  /** Begins a round, or has another one follow the one that is under way. */
  void begin() {
    String as = self.get();
    if (over || as.isEmpty() || topics.isEmpty()) {
      return;
    }
    if (left > 0) {
      again = true;
      return;
    }
    again = false;
    settled = true;
    List<String> names = new ArrayList<>(topics.keySet());
    names.add(parts.retryTopic());
    left = names.size();
    names.forEach(name -> shares.of(name, as, this::found));
  }

  private void found(Shares.Share share) {
    ReadTopic topic = topics.get(share.topic());
    boolean wanted =
        topic != null || (share.topic().equals(parts.retryTopic()) && !topics.isEmpty());
    if (topic != null) {
      topic.unshared = share.failure();
      if (share.failure() != null) {
        outages.tell();
      }
    }
    if (!share.known()) {
      settled = false;
    } else if (wanted && !over) {
      settled &= queues.change(share, topic != null && topic.ordered);
    }
    left--;
    if (left == 0) {
      parts.alarms().in(again ? 0 : settled ? USUAL_NANOS : SOON_NANOS, next);
    }
  }

  /** No round begins any more. */
  void end() {
    over = true;
    parts.alarms().cancel(next);
  }
}
