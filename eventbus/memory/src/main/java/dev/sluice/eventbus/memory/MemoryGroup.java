package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.EventBusException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The members of a group and who has which partition. Each change of members is a generation, which
 * begins with all giving back what they have; once they have, it is dealt out anew. Members are
 * woken, and ask what is wanted of them.
 */
final class MemoryGroup {

  /** A member, as the group knows it. One without topics only publishes, and shares nothing. */
  private static final class Seat {
    final List<String> topics;
    final Runnable wake;
    boolean cutOff;
    boolean gaveBack;

    Seat(List<String> topics, Runnable wake) {
      this.topics = topics;
      this.wake = wake;
      this.gaveBack = topics.isEmpty();
    }
  }

  private record Ownership(String member, long generation) {}

  private final String name;
  private final MemoryCluster cluster;
  // In the order in which they came; each leaves when its transport is closed.
  private final Map<String, Seat> seats = new LinkedHashMap<>();
  private final Map<TopicPartition, Ownership> owners = new HashMap<>();
  private long generation;
  private boolean dealt;

  MemoryGroup(String name, MemoryCluster cluster) {
    this.name = name;
    this.cluster = cluster;
  }

  void join(String member, List<String> topics, Runnable wake) {
    for (String topic : topics) {
      cluster.topic(topic).partitions().forEach(log -> log.register(name));
    }
    List<Runnable> wakes;
    synchronized (this) {
      if (seats.putIfAbsent(member, new Seat(topics, wake)) != null) {
        throw EventBusException.invalid(
            "member", member, "a name that no other member of " + name + " has");
      }
      wakes = topics.isEmpty() ? List.of() : begin();
    }
    wakes.forEach(Runnable::run);
  }

  void leave(String member) {
    List<Runnable> wakes;
    synchronized (this) {
      Seat left = seats.remove(member);
      if (left == null || left.topics.isEmpty()) {
        return;
      }
      owners.values().removeIf(owner -> owner.member().equals(member));
      wakes = begin();
    }
    wakes.forEach(Runnable::run);
  }

  boolean cutOff(String member) {
    List<Runnable> wakes;
    synchronized (this) {
      Seat seat = seats.get(member);
      if (seat == null || seat.cutOff) {
        return false;
      }
      seat.cutOff = true;
      owners.values().removeIf(owner -> owner.member().equals(member));
      wakes = begin();
    }
    wakes.forEach(Runnable::run);
    return true;
  }

  boolean letBack(String member) {
    List<Runnable> wakes;
    synchronized (this) {
      Seat seat = seats.get(member);
      if (seat == null || !seat.cutOff) {
        return false;
      }
      seat.cutOff = false;
      wakes = begin();
    }
    wakes.forEach(Runnable::run);
    return true;
  }

  /** A member has nothing of earlier generations any more. */
  void gaveBack(String member, long inGeneration) {
    List<Runnable> wakes;
    synchronized (this) {
      Seat seat = seats.get(member);
      if (seat == null || inGeneration != generation || seat.gaveBack) {
        return;
      }
      seat.gaveBack = true;
      owners.values().removeIf(owner -> owner.member().equals(member));
      wakes = dealIfComplete();
    }
    wakes.forEach(Runnable::run);
  }

  synchronized Directive directive(String member) {
    Seat seat = seats.get(member);
    if (seat == null || seat.cutOff) {
      return new Directive.Silence();
    }
    if (!dealt) {
      return new Directive.GiveBack(generation);
    }
    Set<TopicPartition> mine = new HashSet<>();
    owners.forEach(
        (partition, owner) -> {
          if (owner.member().equals(member)) {
            mine.add(partition);
          }
        });
    return new Directive.Have(generation, mine);
  }

  synchronized boolean isCutOff(String member) {
    Seat seat = seats.get(member);
    return seat != null && seat.cutOff;
  }

  /** Commits; false, and nothing done, if the partition is not the member's in that generation. */
  synchronized boolean commit(
      String member, long inGeneration, TopicPartition partition, long offset) {
    if (!new Ownership(member, inGeneration).equals(owners.get(partition))) {
      return false;
    }
    cluster.log(partition).commit(name, offset);
    return true;
  }

  long committed(TopicPartition partition) {
    return cluster.log(partition).committed(name);
  }

  private List<Runnable> begin() {
    generation++;
    dealt = false;
    for (Seat seat : seats.values()) {
      seat.gaveBack = seat.cutOff || seat.topics.isEmpty();
    }
    List<Runnable> wakes = present();
    wakes.addAll(dealIfComplete());
    return wakes;
  }

  private List<Runnable> dealIfComplete() {
    if (dealt || !seats.values().stream().allMatch(seat -> seat.gaveBack)) {
      return List.of();
    }
    dealt = true;
    owners.clear();
    Set<String> topics = new TreeSet<>();
    seats.values().forEach(seat -> topics.addAll(seat.topics));
    for (String topic : topics) {
      deal(topic);
    }
    return present();
  }

  private void deal(String topic) {
    List<String> takers = new ArrayList<>();
    seats.forEach(
        (member, seat) -> {
          if (!seat.cutOff && seat.topics.contains(topic)) {
            takers.add(member);
          }
        });
    if (takers.isEmpty()) {
      return;
    }
    int partitions = cluster.topic(topic).partitions().size();
    for (int i = 0; i < partitions; i++) {
      String taker = takers.get(i % takers.size());
      owners.put(new TopicPartition(topic, i), new Ownership(taker, generation));
    }
  }

  private List<Runnable> present() {
    List<Runnable> wakes = new ArrayList<>();
    for (Seat seat : seats.values()) {
      if (!seat.cutOff) {
        wakes.add(seat.wake);
      }
    }
    return wakes;
  }
}
