package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.Stand;

/**
 * One party's place among those that have a part in a group and topic, and what it reaches them by.
 * Belongs to one loop.
 */
record Seat(
    Instance instance,
    Stands stands,
    GroupTopic key,
    Party party,
    Shown shown,
    Inquiry inquiry,
    Loop loop,
    Discord discord) {

  /** Whether who differs is refused; otherwise it is only told of. */
  boolean refuses() {
    return instance.settings().groups().refusesConflicts();
  }

  /** Who of those that have decided asks for something else; empty where nobody does. */
  String difference(Demand now, Findings findings) {
    Demand others = findings.asked;
    if (others != null && !others.equals(now)) {
      return "%s, a member without a gateway (%s) asks for %s"
          .formatted(now, findings.others, others);
    }
    for (var each : findings.stands.entrySet()) {
      for (Stand stand : each.getValue()) {
        if (Verdict.onDecided(now, stand) instanceof Verdict.Conflicts(Demand with)) {
          return "%s, gateway %s asks for %s".formatted(now, PeerName.of(each.getKey()), with);
        }
      }
    }
    for (Stand stand : stands.others(key, party)) {
      if (Verdict.onDecided(now, stand) instanceof Verdict.Conflicts(Demand with)) {
        return "%s, another upstream of this gateway asks for %s".formatted(now, with);
      }
    }
    return "";
  }
}
