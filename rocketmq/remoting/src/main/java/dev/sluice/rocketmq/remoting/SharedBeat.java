package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Heartbeat;
import java.util.ArrayList;
import java.util.List;

/**
 * Groups that brokers are told of together, by one member's name. Those with access control refuse
 * all of a heartbeat for one group that the caller has no right to.
 *
 * @param as the member
 * @param producers the producer groups
 * @param consumers the consumer groups
 */
record SharedBeat(String as, List<String> producers, List<Heartbeat.Consumer> consumers) {

  /** Brokers read a heartbeat as a whole: many groups go in several. */
  private static final int GROUPS_AT_ONCE = 500;

  SharedBeat {
    producers = List.copyOf(producers);
    consumers = List.copyOf(consumers);
  }

  /** What tells of a member's consumer groups. */
  static List<SharedBeat> of(String as, List<Heartbeat.Consumer> consumers) {
    List<SharedBeat> all = new ArrayList<>();
    for (int from = 0; from < consumers.size(); from += GROUPS_AT_ONCE) {
      int to = Math.min(consumers.size(), from + GROUPS_AT_ONCE);
      all.add(new SharedBeat(as, List.of(), consumers.subList(from, to)));
    }
    return all;
  }

  Heartbeat heartbeat() {
    return Heartbeat.of(as, producers, consumers);
  }

  /** Two that tell the same together; none where it tells of one consumer group alone. */
  List<SharedBeat> halves() {
    if (consumers.size() < 2) {
      return List.of();
    }
    int middle = consumers.size() / 2;
    return List.of(
        new SharedBeat(as, producers, consumers.subList(0, middle)),
        new SharedBeat(as, List.of(), consumers.subList(middle, consumers.size())));
  }
}
