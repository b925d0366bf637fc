package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Dependent;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the settings about upstreams, and about stopping, do. */
class UpstreamSettingsTest extends WithGateways {
  private final MemorySystem system = new MemorySystem();

  @Test
  @Shows(Setting.READ_TIMEOUT)
  void callersWaitForTheUpstreamNoLongerThanSet() throws Exception {
    // given
    Served gateway = start(system, Map.of(Setting.READ_TIMEOUT, "250ms"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    system.faults().hold(Operation.START);

    // when
    CreateProducerResponse refused =
        calls.createProducer(
            CreateProducerRequest.newBuilder().setTopic("t").setInstanceId("other").build());

    // then
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(refused.getMessage()).contains("did not start within 250ms");
    system.faults().release(Operation.START);
  }

  @Test
  @Shows(Setting.PRODUCER_CLEANUP_TIMEOUT)
  void anUnusedUpstreamOfProducersIsClosedAfterItsTime() throws Exception {
    // given
    Served gateway = start(system, Map.of(Setting.PRODUCER_CLEANUP_TIMEOUT, "100ms"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.consumer(calls, "t", "of consumers");

    // when
    String producer = Served.producer(calls, "t", "of producers");

    // then only that is closed; it is back when it is used
    await().untilAsserted(() -> assertThat(gateway.sample("sluice_upstream_closes_total")).isOne());
    assertThat(system.memory().openUpstreams()).isEqualTo(2);
    assertThat(Served.send(calls, producer, "back").getSuccess()).isTrue();
  }

  @Test
  @Shows(Setting.CONSUMER_CLEANUP_TIMEOUT)
  void anUnusedUpstreamOfConsumersIsClosedAfterItsTime() throws Exception {
    // given
    Served gateway = start(system, Map.of(Setting.CONSUMER_CLEANUP_TIMEOUT, "100ms"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.producer(calls, "t", "of producers");

    // when
    String consumer = Served.consumer(calls, "t", "of consumers");

    // then only that is closed; it is back when it is used
    await().untilAsserted(() -> assertThat(gateway.sample("sluice_upstream_closes_total")).isOne());
    assertThat(system.memory().openUpstreams()).isEqualTo(2);
    var stream = gateway.stream(calls, consumer);
    Served.send(calls, Served.producer(calls), "back");
    assertThat(Served.next(stream).getMessageBody()).isEqualTo("back");
  }

  @Test
  @Shows(Setting.MAX_UPSTREAMS)
  void callersOpenNoMoreUpstreamsThanSetWhateverTheyNameThem() throws Exception {
    // given the configured upstream, which is always there
    Served gateway =
        start(
            system, Map.of(Setting.MAX_UPSTREAMS, "2", Setting.PRODUCER_CLEANUP_TIMEOUT, "100ms"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String other = Served.producer(calls, "t", "other");

    // when
    CreateProducerResponse refused =
        calls.createProducer(
            CreateProducerRequest.newBuilder()
                .setTopic("t")
                .setAccessKeyId("somebody")
                .setAccessKeySecret("a secret")
                .build());

    // then
    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(refused.getMessage())
        .isEqualTo("upstream clients: more than 2 (the most allowed; MAX_UPSTREAMS sets it)");
    assertThat(Served.send(calls, other, "x").getSuccess()).isTrue();
    assertThat(Served.send(calls, Served.producer(calls), "x").getSuccess()).isTrue();

    // when the other one is gone
    calls.cleanupProducer(CleanupProducerRequest.newBuilder().setProducerId(other).build());

    // then
    await().untilAsserted(() -> assertThat(system.memory().openUpstreams()).isOne());
    assertThat(Served.producer(calls, "t", "yet another")).isNotEmpty();
  }

  /** Belongs to something that has ended. */
  private static final class Orphan implements Dependent {
    private final Tracked tracked;

    Orphan(Ledger ledger, String kind) {
      tracked = ledger.track(kind, "an owner that has ended", this);
    }

    @Override
    public boolean isOrphan() {
      return true;
    }

    @Override
    public void release() {
      tracked.close();
    }
  }

  @Test
  @Shows(Setting.SWEEP_INTERVAL)
  void whatOutlivedItsConnectionIsReleasedAndCountedByItsKind() throws Exception {
    // given a gateway whose ledger is not clean in the end
    Served gateway = Served.start(system, folder(), Map.of(Setting.SWEEP_INTERVAL, "10ms"));

    // when
    var orphans =
        Stream.of(
                ResourceKinds.PRODUCER,
                ResourceKinds.CONSUMER,
                ResourceKinds.CONSUMER,
                ResourceKinds.STREAM)
            .map(kind -> new Orphan(gateway.ledger(), kind))
            .toList();

    // then
    await()
        .untilAsserted(
            () -> {
              assertThat(orphans).noneMatch(orphan -> orphan.tracked.isOpen());
              assertThat(gateway.figure("producer_leak_detections")).isEqualTo(1);
              assertThat(gateway.figure("consumer_leak_detections")).isEqualTo(3);
            });
    assertThat(gateway.figure("other_leak_detections")).isZero();
    gateway.closeClients();
    gateway.server().stop();
  }

  @Test
  @Shows(Setting.SHUTDOWN_TIMEOUT)
  void stoppingTakesNoLongerThanSetAndTellsWhatIsLeft() throws Exception {
    // given a send that nobody answers, so that it stays open
    Served gateway = Served.start(system, folder(), Map.of(Setting.SHUTDOWN_TIMEOUT, "1s"));
    ManagedChannel channel = gateway.channel();
    String producer = Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(channel));
    system.faults().hold(Operation.SEND);
    var unanswered =
        RocketMQProxyGrpc.newFutureStub(channel)
            .sendMessage(
                SendMessageRequest.newBuilder()
                    .setProducerId(producer)
                    .setMessageBody("x")
                    .build());
    await().untilAsserted(() -> assertThat(system.faults().holding(Operation.SEND)).isEqualTo(1));

    // when
    CloseReport report = gateway.server().stop();

    // then
    assertThat(report.clean()).isFalse();
    assertThat(report.describe()).contains("unfinished: drain");
    assertThat(report.took()).isLessThan(Duration.ofSeconds(30));
    assertThat(unanswered).failsWithin(Served.PATIENCE);
    gateway.closeClients();
  }
}
