package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.lifecycle.Tracked;
import java.util.ArrayList;
import java.util.List;

/** Where a {@link SharedUpstream} stands. Compared by identity: each start and close is its own. */
sealed interface UpstreamState {

  /** Nothing is open; the next use starts one. */
  final class Closed implements UpstreamState {}

  /** The first users wait for the start. */
  final class Starting implements UpstreamState {
    final Upstream upstream;
    final Tracked tracked;
    final TimedStart start;
    final List<Completion<ActiveUpstream>> waiters;

    Starting(
        Upstream upstream,
        Tracked tracked,
        TimedStart start,
        List<Completion<ActiveUpstream>> waiters) {
      this.upstream = upstream;
      this.tracked = tracked;
      this.start = start;
      this.waiters = waiters;
    }
  }

  /** Started; also while it is no longer handed out, and about to be closed. */
  final class Open implements UpstreamState {
    final ActiveUpstream active;
    final Tracked tracked;

    Open(ActiveUpstream active, Tracked tracked) {
      this.active = active;
      this.tracked = tracked;
    }
  }

  /** Being closed; whoever comes waits and has a new one started afterwards. */
  final class Closing implements UpstreamState {
    final List<Completion<ActiveUpstream>> waiters = new ArrayList<>();

    /** Whether nobody has a new one started any more. */
    boolean forGood;

    Closing(boolean forGood) {
      this.forGood = forGood;
    }
  }

  /** Closed for ever: nothing is open, and nothing will be. */
  final class Ended implements UpstreamState {}
}
