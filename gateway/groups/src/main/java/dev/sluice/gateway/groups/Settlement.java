package dev.sluice.gateway.groups;

import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Peer;
import java.util.Set;

/** How a party's proposal ends, as far as its own instance knows. */
sealed interface Settlement {

  /** It asks for what it proposed. */
  record Settled() implements Settlement {}

  /** Others have said that they go first; they have to be asked whether they did. */
  record Consult(Set<Peer> first) implements Settlement {
    public Consult {
      first = Set.copyOf(first);
    }
  }

  /** Another party of this instance goes first. */
  record Wait() implements Settlement {}

  /** Another party of this instance asks for something else. */
  record Conflict(Demand with) implements Settlement {}
}
