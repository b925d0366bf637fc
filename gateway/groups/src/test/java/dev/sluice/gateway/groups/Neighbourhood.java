package dev.sluice.gateway.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.Stand;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Instances in front of one message system in memory, who hear each other as slowly as a test says
 * and not at all where it cuts them off.
 */
final class Neighbourhood implements AutoCloseable {

  static final String ADDRESS = "memory:9876";
  static final String TOPIC = "orders";
  static final String GROUP = "billing";

  /** Longer than anything takes that is not cut off. */
  static final Duration LONG = Duration.ofSeconds(40);

  private final ManualLoops loops;
  private final MemoryBackend backend;
  private final Supplier<Duration> way;
  private final List<Neighbour> all = new ArrayList<>();
  private final Set<Peer> cutOff = new HashSet<>();

  /**
   * So many instances, with these numbers.
   *
   * @param way how long a question or an answer takes on its way
   */
  Neighbourhood(List<Long> numbers, boolean refuses, Supplier<Duration> way) {
    this.loops = new ManualLoops(numbers.size());
    this.backend = MemoryBackend.on(loops);
    this.way = way;
    for (int i = 0; i < numbers.size(); i++) {
      var self = new Peer(numbers.get(i), "10.0.0." + i + ":8081");
      all.add(new Neighbour(loops, i, backend, refuses, new Wire(self, i)));
    }
  }

  /** Instances that hear each other at once. */
  static Neighbourhood of(long... numbers) {
    return of(true, numbers);
  }

  static Neighbourhood of(boolean refuses, long... numbers) {
    var list = new ArrayList<Long>();
    for (long number : numbers) {
      list.add(number);
    }
    return new Neighbourhood(list, refuses, () -> Duration.ZERO);
  }

  Neighbour at(int index) {
    return all.get(index);
  }

  ManualLoops loops() {
    return loops;
  }

  MemoryBackend backend() {
    return backend;
  }

  void pass(Duration time) {
    loops.advance(time);
  }

  /** Nobody hears it, and it hears nobody. */
  void cutOff(int index) {
    cutOff.add(at(index).self());
  }

  void reconnect(int index) {
    cutOff.remove(at(index).self());
  }

  UpstreamLease lease(int index, String instance) {
    var spec = new UpstreamSpec(ADDRESS, instance, Credentials.NONE);
    return at(index)
        .upstreams()
        .lease(MemoryBackend.SCHEME, spec, UpstreamLease.Idle.CONSUMER, "test");
  }

  @Override
  public void close() {
    for (Neighbour each : all) {
      each.close();
    }
    assertThat(backend.shown(ADDRESS, GROUP)).isEmpty();
  }

  /** The way from one instance to all others. */
  private final class Wire implements Inquirer {
    private final Peer self;
    private final int index;

    Wire(Peer self, int index) {
      this.self = self;
      this.index = index;
    }

    @Override
    public Peer self() {
      return self;
    }

    @Override
    public void ask(Peer peer, GroupTopic key, Stand asker, Completion<List<Stand>> completion) {
      var own = loops.all().get(index);
      Neighbour asked =
          all.stream().filter(each -> each.self().equals(peer)).findFirst().orElse(null);
      if (asked == null || cutOff.contains(peer) || cutOff.contains(self)) {
        var away = GatewayException.unavailable("peer: " + peer.address() + " is away", null);
        after(way.get(), own, () -> completion.failed(away));
        return;
      }
      after(
          way.get(),
          asked.loop(),
          () -> {
            List<Stand> stands =
                asked
                    .agreements()
                    .hear(
                        new PeerQuestion.CompareStands(
                            key.endpoint(), key.topic(), key.group(), asker, self));
            after(way.get(), own, () -> completion.done(stands));
          });
    }

    private void after(Duration time, Loop loop, Runnable task) {
      if (time.isZero()) {
        loop.execute(task);
      } else {
        loop.schedule(task, time);
      }
    }
  }
}
