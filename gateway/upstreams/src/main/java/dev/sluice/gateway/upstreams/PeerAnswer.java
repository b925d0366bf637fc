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

  /**
   * Where parties stand.
   *
   * @param stands at most {@link #MOST}
   */
  record StandsCompared(List<Stand> stands) implements PeerAnswer {

    /** The most stands in one answer. */
    public static final int MOST = 64;

    public StandsCompared {
      stands = List.copyOf(stands);
      Checks.between("stands", stands.size(), 0, MOST);
    }
  }
}
