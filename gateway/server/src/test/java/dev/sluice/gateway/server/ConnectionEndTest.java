package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.CheckTransactionsRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import io.grpc.stub.BlockingClientCall;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is left of a connection when it ends, and how its caller goes on. */
class ConnectionEndTest extends WithGateways {

  private static final int MESSAGES = 3;

  /** Whatever is only found out by a timer takes longer. */
  private static final Duration AT_ONCE = Duration.ofSeconds(30);

  private final MemorySystem system = new MemorySystem();
  private final Ledger ledger;

  ConnectionEndTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @Test
  void allThatItCreatedIsReleasedAtOnceAndItsIdsGoOnThroughAnother() throws Exception {
    // given a connection with all that one may have, which nothing but its end ends soon
    Served gateway =
        start(
            system,
            Map.of(
                Setting.SWEEP_INTERVAL, "1h",
                Setting.INVISIBLE_DURATION, "1h",
                Setting.PRODUCER_CLEANUP_TIMEOUT, "1h",
                Setting.CONSUMER_CLEANUP_TIMEOUT, "1h"));
    Map<String, Long> before = open(gateway);
    FaultyNetwork network =
        FaultyNetwork.start(
            ledger,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.server().grpcPort()));
    closeAfterwards(() -> network.close(Deadline.after(AT_ONCE)));
    RocketMQProxyBlockingV2Stub calls =
        RocketMQProxyGrpc.newBlockingV2Stub(gateway.channel("127.0.0.1", network.port()));
    String producer = Served.producer(calls);
    String consumer = Served.consumer(calls);
    var checks =
        calls.checkTransactions(
            CheckTransactionsRequest.newBuilder().setProducerId(producer).build());
    var stream = gateway.stream(calls, consumer);
    Served.sendAll(calls, producer, MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      Served.next(stream);
    }
    await().untilAsserted(() -> assertThat(open(gateway)).containsAllEntriesOf(all()));

    // when
    network.refuse();
    network.cut();

    // then
    await().atMost(AT_ONCE).untilAsserted(() -> assertThat(open(gateway)).isEqualTo(before));
    assertThat(gateway.figure("active_producers")).isZero();
    assertThat(gateway.figure("active_consumers")).isZero();
    assertThat(gateway.figure("active_connections")).isZero();
    checks.cancel("over", null);

    // and the same group is back at once, with the ids that it has
    RocketMQProxyBlockingV2Stub others = gateway.calls();
    assertThat(read(gateway.stream(others, consumer))).containsExactlyInAnyOrder("m0", "m1", "m2");
    assertThat(Served.send(others, producer, "on").getSuccess()).isTrue();
  }

  @Test
  void streamThatEndsReleasesItsConsumerAtOnceAndAnotherGetsWhatItHeld() throws Exception {
    // given
    Served gateway = start(system, Map.of(Setting.INVISIBLE_DURATION, "1h"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String producer = Served.producer(calls);
    String consumer = Served.consumer(calls);
    String other = Served.consumer(calls);
    var stream = gateway.stream(calls, consumer);
    Served.sendAll(calls, producer, MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      Served.next(stream);
    }

    // when
    stream.cancel("enough", null);

    // then
    await()
        .atMost(AT_ONCE)
        .untilAsserted(
            () ->
                assertThat(open(gateway))
                    .containsEntry(ResourceKinds.CONSUMER, 1L)
                    .doesNotContainKeys(ResourceKinds.STREAM, ResourceKinds.HELD_DELIVERY));
    assertThat(read(gateway.stream(calls, other))).containsExactlyInAnyOrder("m0", "m1", "m2");
  }

  /** What the connection has. */
  private static Map<String, Long> all() {
    return Map.of(
        ResourceKinds.CONNECTION, 1L,
        ResourceKinds.PRODUCER, 1L,
        ResourceKinds.CONSUMER, 1L,
        ResourceKinds.STREAM, 1L,
        ResourceKinds.CHECKER, 1L,
        ResourceKinds.HELD_DELIVERY, (long) MESSAGES);
  }

  /** How many are open, by kind. */
  private static Map<String, Long> open(Served gateway) {
    Map<String, Long> open = new TreeMap<>();
    gateway
        .ledger()
        .snapshot()
        .kinds()
        .forEach(
            (kind, counts) -> {
              if (counts.open() != 0) {
                open.put(kind, counts.open());
              }
            });
    return open;
  }

  private static List<String> read(BlockingClientCall<?, Message> stream) throws Exception {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      bodies.add(Served.next(stream).getMessageBody());
    }
    return bodies;
  }
}
