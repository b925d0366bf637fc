package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.deliveries.ReceiveTerms;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.ResourceScope;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AckPathTest {

  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";

  private static ReceiveRequest request(int max, Duration wait) {
    return new ReceiveRequest(
        TOPIC, GROUP, Filter.ALL, null, false, null, max, wait, Duration.ofSeconds(30));
  }

  private static Outcome<List<SealedDelivery>> receive(
      ManualGateway gateway, UpstreamLease lease, int max, @Nullable ResourceScope holder) {
    var outcome = new Outcome<List<SealedDelivery>>();
    gateway.run(
        () ->
            gateway
                .gateway()
                .receives()
                .receiveOnce(
                    lease, request(max, Duration.ofSeconds(5)), terms(gateway, holder), outcome));
    return outcome;
  }

  private static ReceiveTerms terms(ManualGateway gateway, @Nullable ResourceScope holder) {
    GatewaySettings.ReceiveSettings settings = gateway.gateway().settings().receive();
    return new ReceiveTerms(
        new Subscription.Start.Earliest(),
        settings.maxAttempts(),
        holder == null ? null : new ReceiveTerms.Holding(holder, settings.maxHold()));
  }

  private static UpstreamLease publish(ManualGateway gateway, int count) {
    var lease = gateway.producer(TOPIC).lease();
    for (int i = 0; i < count; i++) {
      gateway.send(lease, Messages.plain(TOPIC, "m" + i)).value();
    }
    return lease;
  }

  private static int unacknowledged(ManualGateway gateway) {
    return gateway.backend().unacknowledged(ManualGateway.ADDRESS, TOPIC, GROUP);
  }

  @Test
  void handleOfASingleReceiveAcknowledgesUntilTheMessageComesAgain() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 2);
      var deliveries = receive(gateway, lease, 2, null).value();
      gateway.ack(lease, deliveries.get(0).handle()).succeeded();
      gateway.loops().advance(Duration.ofSeconds(30));
      var late = gateway.ack(lease, deliveries.get(1).handle());
      assertThat(late.failure()).hasMessageStartingWith("expired handle");
      assertThat(late.failure().subject()).isEqualTo(Subject.HANDLE);
      assertThat(late.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
      assertThat(unacknowledged(gateway)).isOne();
      assertThat(gateway.count(Counter.HANDLES_REFUSED)).isOne();
    }
  }

  @Test
  void inventedAlteredAndForeignHandlesAreUnknown() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var foreign = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 1);
      var theirs = receive(foreign, publish(foreign, 1), 1, null).value().getFirst().handle();
      var ours = receive(gateway, lease, 1, null).value().getFirst().handle();
      char changed = ours.charAt(40) == 'A' ? 'B' : 'A';
      for (String handle :
          List.of(
              "",
              "nonsense",
              theirs,
              ours.substring(1),
              ours.substring(0, 40) + changed + ours.substring(41),
              "A".repeat(100_000))) {
        var outcome = gateway.ack(lease, handle);
        assertThat(outcome.failure()).hasMessageStartingWith("unknown handle");
        assertThat(outcome.category()).isEqualTo(ErrorCategory.NOT_FOUND);
      }
      assertThatThrownBy(() -> gateway.gateway().acks().open(theirs))
          .isInstanceOf(GatewayException.class);
      assertThat(gateway.faults().calls(Operation.ACK)).isZero();
    }
  }

  @Test
  void handleOfAnotherEndpointIsUnknown() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 1);
      var handle = receive(gateway, lease, 1, null).value().getFirst().handle();
      var other =
          gateway.producer(gateway.connection(), "other:9876", Credentials.NONE, TOPIC).lease();
      assertThat(gateway.ack(other, handle).category()).isEqualTo(ErrorCategory.NOT_FOUND);
      gateway.ack(lease, handle).succeeded();
    }
  }

  @Test
  void handleOfAnInstanceThatNobodyFindsIsGoodUntilItsRenewalIsDue() {
    var key = ClusterKey.random();
    try (var one = ManualGateway.with(key);
        var two = one.another(key, GatewaySettings.DEFAULTS)) {
      publish(one, 1);
      var consumer =
          one.consumer(
              one.connection(),
              new ConsumerSpec(
                  "",
                  "",
                  Credentials.NONE,
                  TOPIC,
                  GROUP,
                  Filter.ALL,
                  new Subscription.Start.Earliest(),
                  false,
                  null));
      var sink = one.open(consumer);
      one.loops().advance(Duration.ofMillis(10));
      var handle = sink.take().getFirst().handle();

      var there = two.gateway().sessions().consumer(two.connection(), consumer.id());
      two.ack(there.lease(), handle).succeeded();

      assertThat(unacknowledged(one)).isZero();
      one.loops().advance(Duration.ofSeconds(45));
      var late = two.ack(there.lease(), handle);
      assertThat(late.failure()).hasMessageStartingWith("handle of a gateway that does not answer");
      assertThat(late.failure().subject()).isEqualTo(Subject.HANDLE);
      assertThat(late.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    }
  }

  @Test
  void acknowledgementsThatComeWhileOneIsUnderWayLeaveTogether() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 20);
      var deliveries = receive(gateway, lease, 20, null).value();
      gateway.faults().hold(Operation.ACK);
      var outcomes = new ArrayList<Outcome<Void>>();
      for (SealedDelivery delivery : deliveries) {
        outcomes.add(gateway.ack(lease, delivery.handle()));
      }
      assertThat(gateway.faults().holding(Operation.ACK)).isOne();
      gateway.faults().release(Operation.ACK);
      gateway.loops().runReady();
      outcomes.forEach(Outcome::succeeded);
      assertThat(gateway.faults().calls(Operation.ACK)).isEqualTo(2);
      assertThat(unacknowledged(gateway)).isZero();
    }
  }

  @Test
  void failedAcknowledgementIsToldAndMayBeRepeated() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(TOPIC, GROUP);
      var sink = gateway.open(consumer);
      publish(gateway, 1);
      gateway.loops().advance(Duration.ofMillis(10));
      var handle = sink.take().getFirst().handle();
      gateway.faults().failNext(Operation.ACK, GatewayException.unavailable("away", null));
      assertThat(gateway.ack(consumer.lease(), handle).category())
          .isEqualTo(ErrorCategory.UNAVAILABLE);
      gateway.loops().advance(Duration.ofMinutes(2));
      assertThat(sink.take()).as("still held").isEmpty();
      gateway.ack(consumer.lease(), handle).succeeded();
      assertThat(unacknowledged(gateway)).isZero();
    }
  }

  @Test
  void acknowledgingTwiceSucceedsTwice() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(TOPIC, GROUP);
      var sink = gateway.open(consumer);
      publish(gateway, 1);
      gateway.loops().advance(Duration.ofMillis(10));
      var handle = sink.take().getFirst().handle();
      gateway.faults().hold(Operation.ACK);
      var first = gateway.ack(consumer.lease(), handle);
      var second = gateway.ack(consumer.lease(), handle);
      gateway.faults().release(Operation.ACK);
      gateway.loops().runReady();
      first.succeeded();
      second.succeeded();
      gateway.ack(consumer.lease(), handle).succeeded();
      assertThat(gateway.faults().calls(Operation.ACK)).isOne();
    }
  }

  @Test
  void changedDeliveryIsTheCallersToRenewAndItsNewHandleAcknowledges() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 1);
      var delivery = receive(gateway, lease, 1, gateway.connection()).value().getFirst();
      gateway.loops().advance(Duration.ofMinutes(2));
      assertThat(gateway.count(Counter.RENEWALS)).as("held for its connection").isPositive();

      var changed = new Outcome<SealedHandle>();
      gateway.run(
          () ->
              gateway
                  .gateway()
                  .acks()
                  .changeInvisible(lease, delivery.handle(), Duration.ofSeconds(90), changed));
      SealedHandle fresh = changed.value();
      assertThat(fresh.visibleAgainAt() - gateway.loops().currentTimeMillis()).isEqualTo(90_000);
      assertThat(gateway.ack(lease, delivery.handle()).failure())
          .hasMessageStartingWith("expired handle");
      gateway.loops().advance(Duration.ofSeconds(80));
      gateway.ack(lease, fresh.handle()).succeeded();
      assertThat(unacknowledged(gateway)).isZero();
    }
  }

  @Test
  void negativeInvisibleDurationIsRefused() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 1);
      var delivery = receive(gateway, lease, 1, null).value().getFirst();
      var changed = new Outcome<SealedHandle>();
      gateway.run(
          () ->
              gateway
                  .gateway()
                  .acks()
                  .changeInvisible(lease, delivery.handle(), Duration.ofSeconds(-1), changed));
      assertThat(changed.failure()).hasMessage("invisible duration: -1s (expected: 0s or more)");
    }
  }

  @Test
  void deliveriesHeldForAConnectionAreHandedBackWhenItEnds() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 3);
      var connection = gateway.gateway().openConnection("sdk");
      assertThat(receive(gateway, lease, 3, connection).value()).hasSize(3);
      connection.close();
      gateway.loops().advance(Duration.ofSeconds(1));
      var again = receive(gateway, lease, 3, null).value();
      assertThat(again).hasSize(3).allMatch(delivery -> delivery.delivery().attempt() == 2);
    }
  }

  @Test
  void whatIsHeldForSomebodyWhoIsGoneIsHandedBackInsteadOfRenewed() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      // given
      var lease = publish(gateway, 1);
      var holder = new Quiet();
      var delivery = receive(gateway, lease, 1, holder).value().getFirst();
      gateway.loops().advance(Duration.ofMinutes(2));
      assertThat(receive(gateway, lease, 1, null).isOver()).as("renewed").isFalse();
      gateway.loops().advance(Duration.ofSeconds(10));

      // when: it does not say that it goes, as its connection is shared with others
      holder.open = false;
      gateway.loops().advance(gateway.gateway().settings().receive().invisible());

      // then
      var again = receive(gateway, lease, 1, null).value();
      assertThat(again).hasSize(1);
      assertThat(gateway.ack(lease, delivery.handle()).category())
          .isEqualTo(ErrorCategory.FAILED_PRECONDITION);
      assertThat(holder.adopted).isZero();
    }
  }

  /** Somebody who may go without a word. */
  private static final class Quiet implements ResourceScope {
    private boolean open = true;
    private int adopted;

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public void adopt(AutoCloseable resource) {
      adopted++;
    }

    @Override
    public void forget(AutoCloseable resource) {
      adopted--;
    }
  }

  @Test
  void cancelledReceiveHandsBackWhatComesAfterIt() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = publish(gateway, 1);
      gateway.faults().hold(Operation.RECEIVE);
      var outcome = new Outcome<List<SealedDelivery>>();
      var call = new ArrayList<Cancellable>();
      gateway.run(
          () ->
              call.add(
                  gateway
                      .gateway()
                      .receives()
                      .receiveOnce(
                          lease,
                          request(1, Duration.ofSeconds(5)),
                          terms(gateway, null),
                          outcome)));
      gateway.run(call.getFirst()::cancel);
      gateway.run(call.getFirst()::cancel);
      assertThat(outcome.category()).isEqualTo(ErrorCategory.CANCELLED);
      gateway.faults().release(Operation.RECEIVE);
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(outcome.calls()).isOne();
      assertThat(receive(gateway, lease, 1, null).value()).hasSize(1);
    }
  }
}
