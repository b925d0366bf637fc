package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.Agreements;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.PerLoop;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The polls of this instance: one for each upstream, topic and group that has streams. */
final class GroupPolls {

  /** What streams share a poll by. */
  record Key(SharedUpstream shared, String topic, String group) {}

  private final Instance instance;
  private final PerLoop<HoldLoop> holds;
  private final DeadLetters deadLetters;
  private final Agreements agreements;
  // An entry is removed by the poll itself when its last stream has left and nothing is under way.
  private final ConcurrentMap<Key, GroupPoll> polls = new ConcurrentHashMap<>();

  GroupPolls(
      Instance instance, PerLoop<HoldLoop> holds, DeadLetters deadLetters, Agreements agreements) {
    this.instance = instance;
    this.holds = holds;
    this.deadLetters = deadLetters;
    this.agreements = agreements;
  }

  /** The poll to join, counted as joined: {@link #left} follows. */
  GroupPoll join(Key key, Loop loop) {
    return polls.compute(
        key,
        (same, known) -> {
          GroupPoll poll =
              known != null
                  ? known
                  : new GroupPoll(
                      instance, this, key, loop, holds.of(loop), deadLetters, agreements);
          poll.references++;
          return poll;
        });
  }

  void left(GroupPoll poll) {
    polls.computeIfPresent(
        poll.key(),
        (same, known) -> {
          known.references--;
          return known;
        });
  }

  /** Removes a poll that nobody has joined; false where somebody is about to. */
  boolean remove(GroupPoll poll) {
    return polls.computeIfPresent(poll.key(), (same, known) -> known.references == 0 ? null : known)
        == null;
  }

  /** Whether no poll is left. */
  boolean isEmpty() {
    return polls.isEmpty();
  }

  /** Ends what polls wait for. */
  void cancelAll() {
    polls.values().forEach(GroupPoll::cancel);
  }
}
