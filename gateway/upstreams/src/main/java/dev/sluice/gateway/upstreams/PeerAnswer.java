package dev.sluice.gateway.upstreams;

import java.util.List;

/** What one instance answers another. */
public sealed interface PeerAnswer {

  /**
   * What became of deliveries.
   *
   * @param outcomes one for each resolution, in their order
   */
  record HeldResolved(List<HeldOutcome> outcomes) implements PeerAnswer {
    public HeldResolved {
      outcomes = List.copyOf(outcomes);
    }
  }
}
