package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Every figure is real: it changes when what it counts happens. */
class MetricsTest extends WithGateways {
  private static final String SEND = "method=\"rocketmq.RocketMQProxy/SendMessage\"";

  @Test
  void messagesAndSessionsAreCountedAlsoByTopic() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls, "orders", ""), 3);
    String consumer = Served.consumer(calls, "orders", "");
    var stream = gateway.stream(calls, consumer);

    // when
    Message first = Served.next(stream);
    Served.next(stream);
    Served.next(stream);
    calls.ackMessage(
        AckMessageRequest.newBuilder()
            .setConsumerId(consumer)
            .setReceiptHandle(first.getReceiptHandle())
            .build());

    // then
    assertThat(gateway.figure("active_connections")).isOne();
    assertThat(gateway.figure("total_connections")).isOne();
    assertThat(gateway.figure("active_producers")).isOne();
    assertThat(gateway.figure("active_consumers")).isOne();
    assertThat(gateway.figure("active_streams")).isOne();
    assertThat(gateway.figure("messages_sent")).isEqualTo(3);
    assertThat(gateway.figure("messages_received")).isEqualTo(3);
    assertThat(gateway.figure("messages_acked")).isOne();
    assertThat(gateway.figure("avg_response_time_ms")).isPositive();
    await().untilAsserted(() -> assertThat(gateway.figure("messages_per_second")).isPositive());
    assertThat(gateway.sample("sluice_topic_messages_sent_total{topic=\"orders\"}")).isEqualTo(3);
    assertThat(gateway.sample("sluice_topic_messages_received_total{topic=\"orders\"}"))
        .isEqualTo(3);
    assertThat(gateway.sample("sluice_topic_messages_acked_total{topic=\"orders\"}")).isOne();
    assertThat(gateway.sample("sluice_topic_messages_sent_total{topic=\"other\"}")).isZero();
    assertThat(gateway.sample("sluice_ack_seconds_count")).isOne();
  }

  @Test
  void callsAreTimedInBucketsByMethod() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();

    // when
    Served.sendAll(calls, Served.producer(calls), 5);

    // then
    String series = "sluice_grpc_call_seconds";
    // Calls are counted when their answers are on their way.
    await()
        .untilAsserted(
            () -> assertThat(gateway.sample("sluice_grpc_calls_total{" + SEND + "}")).isEqualTo(5));
    assertThat(gateway.sample(series + "_count{" + SEND + "}")).isEqualTo(5);
    assertThat(gateway.sample(series + "_bucket{" + SEND + ",le=\"+Inf\"}")).isEqualTo(5);
    assertThat(gateway.sample(series + "_bucket{" + SEND + ",le=\"30.0\"}")).isEqualTo(5);
    assertThat(gateway.sample(series + "_bucket{" + SEND + ",le=\"1.0E-4\"}")).isBetween(0d, 5d);
    assertThat(gateway.sample(series + "_sum{" + SEND + "}")).isPositive();
    assertThat(gateway.sample("sluice_send_seconds_count")).isEqualTo(5);
  }

  @Test
  void bucketsOfLatenciesEndWhereTheySay() {
    LatencyHistogram histogram = new LatencyHistogram();

    histogram.record(100_000);
    histogram.record(100_001);
    histogram.record(3_000_000);
    histogram.record(31_000_000_000L);

    double[] bounds = LatencyHistogram.bounds();
    long[] counts = histogram.counts();
    assertThat(counts).hasSameSizeAs(bounds);
    assertThat(histogram.count()).isEqualTo(4);
    assertThat(histogram.nanos()).isEqualTo(31_003_200_001L);
    for (int i = 0; i < bounds.length; i++) {
      boolean counted =
          bounds[i] == 0.0001
              || bounds[i] == 0.00025
              || bounds[i] == 0.005
              || bounds[i] == Double.POSITIVE_INFINITY;
      assertThat(counts[i]).as("up to %s s", bounds[i]).isEqualTo(counted ? 1 : 0);
    }
  }

  @Test
  void failuresAreCountedByReasonWhetherTheyAreAnswersOrStatuses() throws Exception {
    // given
    MemorySystem system = new MemorySystem();
    Served gateway = start(system, Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String producer = Served.producer(calls);

    // when one send is refused, one ends with a status, and one endpoint is not allowed
    system.faults().failNext(Operation.SEND, GatewayException.unavailable("nobody", null));
    assertThat(Served.send(calls, producer, "x").getSuccess()).isFalse();
    assertThatThrownBy(() -> Served.send(calls, "no id", "x")).isInstanceOf(StatusException.class);
    assertThat(
            calls
                .createProducer(
                    CreateProducerRequest.newBuilder().setTopic("t").setEndpoint("a:1").build())
                .getSuccess())
        .isFalse();

    // then
    String failures = "sluice_grpc_failures_total{";
    await().untilAsserted(() -> assertThat(gateway.figure("error_count")).isEqualTo(3));
    assertThat(gateway.sample(failures + SEND + ",reason=\"UNAVAILABLE\"}")).isOne();
    assertThat(gateway.sample(failures + SEND + ",reason=\"NOT_FOUND\"}")).isOne();
    assertThat(
            gateway.sample(
                failures
                    + "method=\"rocketmq.RocketMQProxy/CreateProducer\","
                    + "reason=\"PERMISSION_DENIED\"}"))
        .isOne();
    assertThat(gateway.sample("sluice_errors_total")).isEqualTo(3);
    assertThat(gateway.sample("sluice_topic_messages_send_failures_total{topic=\"other\"}"))
        .isOne();
  }

  @Test
  void whoGoesAwayWithCallsUnderWayIsNoFailure(Ledger networks) throws Exception {
    // given a stream, and a send that waits for its answer
    MemorySystem system = new MemorySystem();
    Served gateway = start(system, Map.of());
    FaultyNetwork network =
        FaultyNetwork.start(
            networks,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.server().grpcPort()));
    closeAfterwards(() -> network.close(Deadline.after(Duration.ofSeconds(5))));
    ManagedChannel channel = gateway.channel("127.0.0.1", network.port());
    RocketMQProxyBlockingV2Stub calls = RocketMQProxyGrpc.newBlockingV2Stub(channel);
    String producer = Served.producer(calls);
    Served.sendAll(calls, producer, 1);
    gateway.stream(calls, Served.consumer(calls));
    system.faults().hold(Operation.SEND);
    var sending =
        RocketMQProxyGrpc.newFutureStub(channel)
            .sendMessage(
                SendMessageRequest.newBuilder()
                    .setProducerId(producer)
                    .setMessageBody("x")
                    .build());
    await().until(() -> system.faults().holding(Operation.SEND) == 1);

    // when
    network.refuse();
    network.cut();

    // then
    await().untilAsserted(() -> assertThat(gateway.figure("active_connections")).isZero());
    await()
        .untilAsserted(
            () -> assertThat(gateway.sample("sluice_grpc_calls_total{" + SEND + "}")).isEqualTo(2));
    assertThat(gateway.figure("error_count")).isZero();
    assertThat(sending).failsWithin(Served.PATIENCE);
    system.faults().release(Operation.SEND);
  }

  @Test
  void threadsAreCountedWithVirtualOnesThatOnlyWait() throws Exception {
    // given
    Served before = start(new MemorySystem(), Map.of());
    double virtual = before.figure("virtual_threads");
    CountDownLatch parked = new CountDownLatch(1);
    Thread[] waiting = new Thread[50];
    for (int i = 0; i < waiting.length; i++) {
      waiting[i] = Thread.startVirtualThread(() -> Uninterruptibles.awaitUninterruptibly(parked));
    }
    await().until(() -> Thread.State.WAITING == waiting[waiting.length - 1].getState());

    // when
    Served after = start(new MemorySystem(), Map.of());

    // then
    assertThat(after.figure("virtual_threads")).isGreaterThanOrEqualTo(virtual + 45);
    assertThat(after.figure("goroutine_count"))
        .isGreaterThanOrEqualTo(after.figure("virtual_threads") + 10);
    assertThat(after.figure("platform_threads")).isGreaterThanOrEqualTo(10);
    parked.countDown();
  }

  @Test
  void whatIsDroppedUnclosedIsDetectedByItsKind() throws Exception {
    // given a gateway whose ledger is not clean in the end
    Served gateway = Served.start(new MemorySystem(), folder(), Map.of());
    assertThat(gateway.figure("producer_leak_detections")).isZero();

    // when
    drop(gateway, ResourceKinds.PRODUCER, 1);
    drop(gateway, ResourceKinds.CONSUMER, 2);
    drop(gateway, "timer", 3);
    drop(gateway, ResourceKinds.CONNECTION, 4);

    // then
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(gateway.figure("producer_leak_detections")).isEqualTo(1);
              assertThat(gateway.figure("consumer_leak_detections")).isEqualTo(2);
              assertThat(gateway.figure("goroutine_leaks")).isEqualTo(3);
              assertThat(gateway.figure("other_leak_detections")).isEqualTo(4);
            });
    assertThat(gateway.sample("sluice_producer_leaks_total")).isEqualTo(1);
    assertThat(gateway.sample("sluice_consumer_leaks_total")).isEqualTo(2);
    assertThat(gateway.sample("sluice_thread_leaks_total")).isEqualTo(3);
    assertThat(gateway.sample("sluice_other_leaks_total")).isEqualTo(4);
    gateway.closeClients();
    gateway.server().stop();
  }

  private static void drop(Served gateway, String kind, int count) {
    for (int i = 0; i < count; i++) {
      var _ = gateway.ledger().track(kind, "a careless owner", new Object());
    }
  }

  @Test
  void producersConnectionsAreTheUpstreamsThatProducersUse() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    assertThat(gateway.figure("active_producer_connections")).isZero();

    // when
    Served.producer(calls, "t", "one");
    Served.producer(calls, "u", "one");
    Served.producer(calls, "t", "two");
    Served.consumer(calls, "t", "three");

    // then
    assertThat(gateway.figure("active_producer_connections")).isEqualTo(2);
    assertThat(gateway.sample("sluice_active_producer_connections")).isEqualTo(2);
  }
}
