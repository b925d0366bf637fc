package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.nats.GroupDocument.Member;
import dev.sluice.eventbus.nats.GroupDocument.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What one member makes of the group's record: reads it, changes it, and writes it if nobody else
 * has meanwhile. Everything that a turn changes becomes true at once, or nothing does.
 *
 * <p>Each member looks after its own fair share: it hands back what it has above it, and takes what
 * nobody has up to it. Shares of all members add up to all partitions, so that everything is taken
 * when everybody has had a turn. What a member has it keeps while it may.
 */
final class GroupTurn {
  private final String me;
  private final SortedMap<String, Member> members;
  private final SortedMap<String, List<Share>> shares;

  GroupTurn(GroupDocument before, String me) {
    this.me = me;
    this.members = new TreeMap<>(before.members());
    this.shares = before.copyOfShares();
  }

  /** A partition that was taken. */
  record Claim(Part part, long epoch, long committed) {}

  /** Takes a member out, whose partitions are nobody's then. */
  void remove(String member) {
    members.remove(member);
    shares
        .values()
        .forEach(
            of ->
                of.replaceAll(
                    share ->
                        member.equals(share.owner())
                            ? new Share(null, share.epoch(), share.committed())
                            : share));
  }

  /** A sign of life; the first one joins. */
  void beat(List<String> topics) {
    Member before = members.get(me);
    members.put(me, new Member(before == null ? 1 : before.beat() + 1, topics));
  }

  /** A topic has so many partitions. */
  void know(String topic, int partitions) {
    List<Share> of = shares.computeIfAbsent(topic, name -> new ArrayList<>());
    while (of.size() < partitions) {
      of.add(Share.NEW);
    }
  }

  /** Whether the partition is this member's in that epoch. */
  boolean has(Part part, long epoch) {
    Share share = share(part);
    return me.equals(share.owner()) && share.epoch() == epoch;
  }

  /** Notes how far the member's own partition is; 0 if it does not know. */
  void commit(Part part, long position) {
    Share share = share(part);
    set(part, new Share(share.owner(), share.epoch(), position > 0 ? position : share.committed()));
  }

  /** Hands the member's own partition back. */
  void release(Part part, long position) {
    commit(part, position);
    Share share = share(part);
    set(part, new Share(null, share.epoch(), share.committed()));
  }

  /**
   * Takes what is nobody's up to the fair share, and anew what is this member's by the record but
   * not by its own knowledge, which is left from before it lost its lease.
   *
   * @param known whether the member has the partition
   */
  List<Claim> claim(String topic, Predicate<Part> known) {
    List<Claim> claims = new ArrayList<>();
    int room = quota(topic) - count(topic, known);
    int partitions = shares.getOrDefault(topic, List.of()).size();
    for (int i = 0; i < partitions; i++) {
      Part part = new Part(topic, i);
      Share share = share(part);
      boolean forgotten = me.equals(share.owner()) && !known.test(part);
      if (forgotten || (share.owner() == null && room > 0)) {
        if (room > 0) {
          room--;
          Share taken = new Share(me, share.epoch() + 1, share.committed());
          set(part, taken);
          claims.add(new Claim(part, taken.epoch(), taken.committed()));
        } else {
          set(part, new Share(null, share.epoch(), share.committed()));
        }
      }
    }
    return claims;
  }

  /** How many partitions this member has above its fair share. */
  int surplus(String topic) {
    return Math.max(0, count(topic, part -> true) - quota(topic));
  }

  GroupDocument after() {
    return GroupDocument.of(members, shares);
  }

  /**
   * The fair share: as many for each member, and one more for some where it does not come out even:
   * for those who have the most, so that nothing moves without need, and else by a turn that
   * differs by topic, so that it is not always the same.
   */
  private int quota(String topic) {
    List<String> taking =
        members.entrySet().stream()
            .filter(entry -> entry.getValue().topics().contains(topic))
            .map(Map.Entry::getKey)
            .toList();
    if (!taking.contains(me)) {
      return 0;
    }
    int size = taking.size();
    int turned = Partitions.of(topic, size);
    Map<String, Integer> has = new HashMap<>();
    List<Share> all = shares.getOrDefault(topic, List.of());
    all.forEach(share -> has.merge(String.valueOf(share.owner()), 1, Integer::sum));
    List<String> most = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      most.add(taking.get((i + turned) % size));
    }
    // Stable, so that the turn decides between those who have as many.
    most.sort(Comparator.comparingInt(member -> -has.getOrDefault(member, 0)));
    return all.size() / size + (most.indexOf(me) < all.size() % size ? 1 : 0);
  }

  private int count(String topic, Predicate<Part> known) {
    int count = 0;
    List<Share> of = shares.getOrDefault(topic, List.of());
    for (int i = 0; i < of.size(); i++) {
      if (me.equals(of.get(i).owner()) && known.test(new Part(topic, i))) {
        count++;
      }
    }
    return count;
  }

  private Share share(Part part) {
    List<Share> of = shares.getOrDefault(part.topic(), List.of());
    return part.number() < of.size() ? of.get(part.number()) : Share.NEW;
  }

  private void set(Part part, Share share) {
    List<Share> of = shares.get(part.topic());
    if (of != null && part.number() < of.size()) {
      of.set(part.number(), share);
    }
  }
}
