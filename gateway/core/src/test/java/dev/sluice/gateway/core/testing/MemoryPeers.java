package dev.sluice.gateway.core.testing;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerAnswers;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.Peers;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Instances on manual loops that find each other by address, and may be out of reach. */
public final class MemoryPeers {

  /** How long a silent instance is waited for. */
  public static final Duration PATIENCE = Duration.ofSeconds(4);

  private final ManualLoops loops;
  private final Map<String, Place> places = new HashMap<>();
  private final Set<String> cut = new HashSet<>();
  private final Set<String> silent = new HashSet<>();
  private int questions;

  private record Place(Peer peer, PeerAnswers answers) {}

  public MemoryPeers(ManualLoops loops) {
    this.loops = loops;
  }

  /** An instance that begins at this address, in the place of whichever was there. */
  Member begin(String address) {
    return new Member(new Peer(Peers.newInstance(), address));
  }

  /** Nobody reaches the address any more; they learn that at once. */
  public void cut(String address) {
    cut.add(address);
  }

  /** What is asked there is neither answered nor done. */
  public void silence(String address) {
    silent.add(address);
  }

  /** Everybody reaches everybody again. */
  public void restore() {
    cut.clear();
    silent.clear();
  }

  /** How many questions about deliveries were asked so far. */
  public int questions() {
    return questions;
  }

  /** One instance as it sees the others. */
  final class Member implements Peers {
    private final Peer self;

    Member(Peer self) {
      this.self = self;
    }

    void answerWith(PeerAnswers answers) {
      places.put(self.address(), new Place(self, answers));
    }

    @Override
    public Peer self() {
      return self;
    }

    @Override
    public <A extends PeerAnswer> void ask(
        Peer peer, PeerQuestion<A> question, Completion<A> completion) {
      if (question instanceof PeerQuestion.ResolveHeld) {
        questions++;
      }
      var back = new OnLoop<>(loops.current(), completion);
      var there = loops.all().getLast();
      if (silent.contains(peer.address())) {
        var _ = there.schedule(() -> back.failed(away(peer)), PATIENCE);
        return;
      }
      there.execute(
          () -> {
            Place place = places.get(peer.address());
            if (place == null || cut.contains(peer.address())) {
              back.failed(away(peer));
            } else if (place.peer.instance() != peer.instance()) {
              back.failed(Peers.gone(peer));
            } else {
              question.putTo(place.answers, back);
            }
          });
    }

    private static GatewayException away(Peer peer) {
      return GatewayException.unavailable("peer: " + peer.address() + " is out of reach", null);
    }
  }
}
