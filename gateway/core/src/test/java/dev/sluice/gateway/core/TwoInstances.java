package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.buffer;
import static dev.sluice.gateway.core.StreamFixture.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.MemoryPeers;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Two instances that find each other, in front of one message system. */
abstract class TwoInstances {
  static final String A = "a:50051";
  static final String B = "b:50051";
  static final Duration INVISIBLE = StreamFixture.buffer(1).receive().invisible();

  final ManualLoops loops = new ManualLoops(3);
  final MemoryBackend backend;
  final MemoryPeers peers = new MemoryPeers(loops);
  final ClusterKey key = ClusterKey.random();
  final List<ManualGateway> open = new ArrayList<>();
  final ManualGateway a;
  final ManualGateway b;

  TwoInstances() {
    this(MemoryOptions.DEFAULTS);
  }

  TwoInstances(MemoryOptions options) {
    backend = new MemoryBackend(loops, loops, options);
    a = begin(A, 1);
    b = begin(B, 1);
  }

  final ManualGateway begin(String address, int credit) {
    var gateway = ManualGateway.among(peers, address, loops, backend, key, buffer(credit));
    open.add(gateway);
    return gateway;
  }

  @AfterEach
  void close() {
    peers.restore();
    open.forEach(ManualGateway::close);
    assertThat(backend.openUpstreams()).isZero();
  }

  /** What a stream of A has taken, and how B knows the same consumer. */
  record Scene(
      RecordingSink sink, ConsumerSession consumer, UpstreamLease there, List<String> handles) {}

  /** So many messages in the topic, and a stream of A that has taken what it may hold. */
  Scene streamAt(ManualGateway holder, int messages) {
    publish(holder, 0, messages);
    var consumer = holder.consumer(holder.connection(), StreamFixture.spec("*"));
    var sink = holder.open(1, consumer);
    loops.advance(Duration.ofMillis(20));
    var handles = sink.take().stream().map(SealedDelivery::handle).toList();
    var there = b.gateway().sessions().consumer(b.connection(), consumer.id()).lease();
    return new Scene(sink, consumer, there, handles);
  }

  Outcome<SealedHandle> retry(UpstreamLease lease, String handle, Duration delay) {
    var outcome = new Outcome<SealedHandle>();
    b.run(() -> b.gateway().acks().changeInvisible(lease, handle, delay, outcome));
    return outcome;
  }
}
