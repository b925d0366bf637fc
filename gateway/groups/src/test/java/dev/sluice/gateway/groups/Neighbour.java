package dev.sluice.gateway.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.GroupSettings;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.Peers;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.SharedUpstreams;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** One instance, on a loop of its own. */
final class Neighbour {

  private final ManualLoops loops;
  private final int index;
  private final Inquirer inquirer;
  private final Instance instance;
  private final SharedUpstreams upstreams;
  private final Agreements agreements;

  Neighbour(
      ManualLoops loops, int index, MemoryBackend backend, boolean refuses, Inquirer inquirer) {
    this.loops = loops;
    this.index = index;
    this.inquirer = inquirer;
    this.instance =
        new Instance(
            GatewaySettings.DEFAULTS.with(new GroupSettings(refuses)),
            loops,
            loops,
            Ledger.create(loops),
            new GatewayMetrics(),
            Sealer.with(ClusterKey.random()),
            EndpointAllowList.of(
                Set.of(MemoryBackend.SCHEME),
                MemoryBackend.SCHEME,
                Neighbourhood.ADDRESS,
                List.of()),
            Peers.none(),
            new AtomicBoolean(true));
    this.agreements = new Agreements(instance, inquirer);
    this.upstreams =
        new SharedUpstreams(
            instance,
            List.of(backend),
            (upstream, check) -> {},
            agreements::membersChanged,
            loops.scheduler());
  }

  Peer self() {
    return inquirer.self();
  }

  Loop loop() {
    return loops.all().get(index);
  }

  Agreements agreements() {
    return agreements;
  }

  SharedUpstreams upstreams() {
    return upstreams;
  }

  long count(Counter counter) {
    return instance.metrics().value(counter);
  }

  static Demand tags(String expression) {
    return new Demand(TagSet.normalised(new Filter(Filter.Type.TAG, expression)), false);
  }

  /** A party, through the upstream of a caller's instance name. */
  Asking party(UpstreamLease lease) {
    return new Asking(lease);
  }

  void close() {
    var closing =
        upstreams.closeAsync(Deadline.after(Duration.ofSeconds(30), loops)).toCompletableFuture();
    for (int i = 0; i < 4000 && !closing.isDone(); i++) {
      loops.advance(Duration.ofMillis(10));
    }
    assertThat(closing).as("close").isDone();
    assertThat(closing.join().clean()).as(closing.join().describe()).isTrue();
    assertThat(agreements.isEmpty()).as("agreements").isTrue();
    assertThat(instance.ledger().snapshot().isClean())
        .as(instance.ledger().snapshot().toString())
        .isTrue();
  }

  /** One that asks, and notes what it is told. */
  final class Asking implements Agreement.Listener, AutoCloseable {
    private final UpstreamLease lease;
    private final SharedUpstream shared;
    private final Agreement agreement;
    private final List<Demand> later = new ArrayList<>();
    private final List<GatewayException> refusals = new ArrayList<>();

    Asking(UpstreamLease lease) {
      this.lease = lease;
      this.shared = SharedUpstream.of(lease);
      shared.pin();
      this.agreement =
          agreements.open(shared, Neighbourhood.TOPIC, Neighbourhood.GROUP, loop(), this);
    }

    @Override
    public void asksNow(Demand demand) {
      later.add(demand);
    }

    @Override
    public void mayBeProposedTo() {}

    @Override
    public void differsForGood(GatewayException failure) {
      refusals.add(failure);
    }

    /** Why it could not go on. */
    List<GatewayException> refusals() {
      return refusals;
    }

    /** Proposes, and runs what needs no time to pass. */
    Outcome<Demand> propose(String expression) {
      var outcome = new Outcome<Demand>();
      loops.on(index, () -> agreement.propose(tags(expression), outcome));
      return outcome;
    }

    Outcome<Demand> reduce(String expression) {
      var outcome = new Outcome<Demand>();
      loops.on(index, () -> agreement.reduce(tags(expression), outcome));
      return outcome;
    }

    Agreement agreement() {
      return agreement;
    }

    /** What the listener was told. */
    List<Demand> later() {
      return later;
    }

    @Override
    public void close() {
      var done = new AtomicInteger();
      loops.on(index, () -> agreement.close(done::incrementAndGet));
      for (int i = 0; i < 400 && done.get() == 0; i++) {
        loops.advance(Duration.ofMillis(10));
      }
      assertThat(done).hasValue(1);
      shared.unpin();
      lease.close();
      loops.runReady();
    }
  }
}
