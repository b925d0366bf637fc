package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryFaults;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shared upstreams on one manual loop in front of a message system in memory. {@link #close} also
 * checks that nothing is left.
 */
final class ManualUpstreams implements AutoCloseable {

  private static final String ADDRESS = "memory:9876";

  private final ManualLoops loops = new ManualLoops(1);
  private final MemoryBackend backend = new MemoryBackend(loops, loops, MemoryOptions.DEFAULTS);
  private final Ledger ledger = Ledger.create(loops);
  private final Instance instance;
  private final SharedUpstreams upstreams;

  ManualUpstreams() {
    this(GatewaySettings.DEFAULTS);
  }

  ManualUpstreams(GatewaySettings settings) {
    instance =
        new Instance(
            settings,
            loops,
            loops,
            ledger,
            new GatewayMetrics(),
            Sealer.with(ClusterKey.random()),
            EndpointAllowList.of(
                Set.of(MemoryBackend.SCHEME), MemoryBackend.SCHEME, ADDRESS, List.of()),
            Peers.none(),
            new AtomicBoolean(true));
    upstreams =
        new SharedUpstreams(
            instance,
            List.of(backend),
            (upstream, check) -> {},
            (upstream, group) -> {},
            loops.scheduler());
  }

  SharedUpstreams upstreams() {
    return upstreams;
  }

  UpstreamLease lease(Credentials credentials, UpstreamLease.Idle idle) {
    return upstreams.lease(
        MemoryBackend.SCHEME, new UpstreamSpec(ADDRESS, "", credentials), idle, "test");
  }

  ManualLoops loops() {
    return loops;
  }

  MemoryBackend backend() {
    return backend;
  }

  MemoryFaults faults() {
    return backend.faults();
  }

  Ledger ledger() {
    return ledger;
  }

  long count(Counter counter) {
    return instance.metrics().value(counter);
  }

  /** Runs the task as loop 0, and all that becomes ready by it. */
  void run(Runnable task) {
    loops.on(0, task);
  }

  @Override
  public void close() {
    var closing =
        upstreams.closeAsync(Deadline.after(Duration.ofSeconds(30), loops)).toCompletableFuture();
    for (int i = 0; i < 4000 && !closing.isDone(); i++) {
      loops.advance(Duration.ofMillis(10));
    }
    assertThat(closing).as("close").isDone();
    assertThat(closing.join().clean()).as(closing.join().describe()).isTrue();
    assertThat(ledger.snapshot().isClean()).as(ledger.snapshot().toString()).isTrue();
    assertThat(upstreams.open()).isZero();
  }
}
