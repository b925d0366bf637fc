package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.publish;
import static dev.sluice.gateway.core.StreamFixture.unacknowledged;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.deliveries.ReceiveTerms;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries of one instance, acknowledged and retried through another. */
class ElsewhereTest extends TwoInstances {

  private static ReceiveTerms terms(ReceiveTerms.@Nullable Holding holding) {
    return new ReceiveTerms(new Subscription.Start.Earliest(), 16, holding);
  }

  private Outcome<Void> acked(UpstreamLease lease, String handle) {
    var outcome = new Outcome<Void>();
    b.gateway().acks().ack(lease, handle, outcome);
    return outcome;
  }

  private Outcome<SealedHandle> retried(UpstreamLease lease, String handle) {
    var outcome = new Outcome<SealedHandle>();
    b.gateway().acks().changeInvisible(lease, handle, Duration.ofHours(1), outcome);
    return outcome;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5})
  void anAcknowledgementElsewhereIsTheHoldersAfterAnyNumberOfRenewals(int renewals) {
    // given
    Scene scene = streamAt(a, 2);
    assertThat(scene.handles()).hasSize(1);
    loops.advance(INVISIBLE.multipliedBy(renewals));
    assertThat(a.count(Counter.RENEWALS)).isGreaterThanOrEqualTo(renewals);

    // when
    var outcome = b.ack(scene.there(), scene.handles().getFirst());
    loops.advance(Duration.ofMillis(20));

    // then the stream has its credit back
    outcome.succeeded();
    var next = scene.sink().take();
    assertThat(next).hasSize(1);
    assertThat(next.getFirst().delivery().attempt()).isOne();
    a.ack(scene.consumer().lease(), next.getFirst().handle()).succeeded();
    assertThat(unacknowledged(a)).isZero();
    assertThat(b.count(Counter.FORWARDED)).isOne();

    // and nothing is renewed, handed back or seen again
    long before = a.count(Counter.RENEWALS);
    scene.sink().stream().close();
    loops.advance(INVISIBLE.multipliedBy(3));
    assertThat(a.count(Counter.RENEWALS)).isEqualTo(before);
    assertThat(a.count(Counter.HANDED_BACK)).isZero();
    assertThat(a.open(1, scene.consumer()).take()).isEmpty();
  }

  @Test
  void acknowledgingTwiceSucceedsTwiceWhereverThatIs() {
    Scene scene = streamAt(a, 1);
    b.ack(scene.there(), scene.handles().getFirst()).succeeded();
    b.ack(scene.there(), scene.handles().getFirst()).succeeded();
    a.ack(scene.consumer().lease(), scene.handles().getFirst()).succeeded();
    assertThat(a.faults().calls(Operation.ACK)).isOne();
  }

  @Test
  void acknowledgementsOfOneHolderShareQuestions() {
    // given
    ManualGateway wide = begin("wide:50051", 500);
    Scene scene = streamAt(wide, 400);
    while (scene.handles().size() < 400) {
      loops.advance(Duration.ofMillis(20));
      scene =
          new Scene(
              scene.sink(),
              scene.consumer(),
              scene.there(),
              Stream.concat(
                      scene.handles().stream(),
                      scene.sink().take().stream().map(SealedDelivery::handle))
                  .toList());
    }
    var all = scene;

    // when many come at once
    var outcomes = new ArrayList<Outcome<Void>>();
    b.run(() -> all.handles().forEach(handle -> outcomes.add(acked(all.there(), handle))));

    // then
    outcomes.forEach(Outcome::succeeded);
    assertThat(peers.questions()).as("one alone, then 256 and the rest").isEqualTo(3);
    assertThat(unacknowledged(a)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aRetryElsewhereEndsTheHoldToo(int renewals) {
    // given
    Scene scene = streamAt(a, 2);
    loops.advance(INVISIBLE.multipliedBy(renewals));

    // when
    SealedHandle fresh =
        retry(scene.there(), scene.handles().getFirst(), Duration.ofSeconds(40)).value();
    loops.advance(Duration.ofMillis(20));

    // then the stream has its credit back, and the old handle means nothing
    assertThat(fresh.visibleAgainAt() - loops.currentTimeMillis()).isBetween(39_000L, 40_000L);
    var next = scene.sink().take();
    assertThat(next).hasSize(1);
    assertThat(next.getFirst().delivery().attempt()).isOne();
    assertThat(b.ack(scene.there(), scene.handles().getFirst()).failure())
        .hasMessageStartingWith("expired handle");

    // and the message comes at its time
    a.ack(scene.consumer().lease(), next.getFirst().handle()).succeeded();
    loops.advance(Duration.ofSeconds(39));
    assertThat(scene.sink().take()).isEmpty();
    loops.advance(Duration.ofSeconds(2));
    assertThat(scene.sink().take()).hasSize(1).allMatch(each -> each.delivery().attempt() == 2);
  }

  @Test
  void whatASingleReceiveHoldsForItsConnectionIsAcknowledgedElsewhereToo() {
    // given
    var lease = a.producer(TOPIC).lease();
    publish(a, 0, 1);
    var received = new Outcome<List<SealedDelivery>>();
    a.run(
        () ->
            a.gateway()
                .receives()
                .receiveOnce(
                    lease,
                    new ReceiveRequest(
                        TOPIC,
                        GROUP,
                        Filter.ALL,
                        null,
                        false,
                        null,
                        1,
                        Duration.ofSeconds(5),
                        INVISIBLE),
                    terms(new ReceiveTerms.Holding(a.connection(), Duration.ofMinutes(15))),
                    received));
    var handle = received.value().getFirst().handle();
    loops.advance(INVISIBLE.multipliedBy(2));
    assertThat(a.count(Counter.RENEWALS)).isPositive();

    // when
    b.ack(b.producer(TOPIC).lease(), handle).succeeded();

    // then
    long renewals = a.count(Counter.RENEWALS);
    loops.advance(INVISIBLE.multipliedBy(2));
    assertThat(a.count(Counter.RENEWALS)).isEqualTo(renewals);
    assertThat(unacknowledged(a)).isZero();
  }

  @Test
  void whatNobodyHoldsNeedsNobodysAnswer() {
    // given
    var lease = a.producer(TOPIC).lease();
    publish(a, 0, 1);
    var received = new Outcome<List<SealedDelivery>>();
    a.run(
        () ->
            a.gateway()
                .receives()
                .receiveOnce(
                    lease,
                    new ReceiveRequest(
                        TOPIC,
                        GROUP,
                        Filter.ALL,
                        null,
                        false,
                        null,
                        1,
                        Duration.ofSeconds(5),
                        INVISIBLE),
                    terms(null),
                    received));

    // when
    b.ack(b.producer(TOPIC).lease(), received.value().getFirst().handle()).succeeded();

    // then
    assertThat(peers.questions()).isZero();
    assertThat(unacknowledged(a)).isZero();
  }

  @Test
  void ownHandlesNeverLeaveTheInstance() {
    Scene scene = streamAt(a, 1);
    a.ack(scene.consumer().lease(), scene.handles().getFirst()).succeeded();
    assertThat(peers.questions()).isZero();
  }

  @Test
  void whatTheMessageSystemRefusesTheHolderTellsTheOther() {
    Scene scene = streamAt(a, 1);
    a.faults().failNext(Operation.ACK, GatewayException.unavailable("broker: away", null));
    var outcome = b.ack(scene.there(), scene.handles().getFirst());
    assertThat(outcome.failure()).hasMessage("broker: away");
    assertThat(outcome.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
    b.ack(scene.there(), scene.handles().getFirst()).succeeded();
  }

  @Test
  void acknowledgementsAndRetriesOfManyLoopsMeetTheRightDeliveries() {
    // given three groups, each of which has its deliveries on a loop of its own
    ManualGateway wide = begin("wide:50051", 8);
    backend.makeTopic(ManualGateway.ADDRESS, TOPIC);
    var sinks = new ArrayList<RecordingSink>();
    for (int loop = 0; loop < 3; loop++) {
      var spec = ManualGateway.consumerSpec(TOPIC, "group-" + loop, "*", false);
      sinks.add(wide.open(loop, wide.consumer(wide.connection(), spec)));
    }
    loops.advance(Duration.ofMillis(50));
    publish(wide, 0, 8);
    loops.advance(Duration.ofMillis(50));
    var handles =
        sinks.stream().flatMap(sink -> sink.take().stream()).map(SealedDelivery::handle).toList();
    assertThat(handles).hasSize(24);

    // when they leave for their holder together, one in four to come again
    var there = b.producer(TOPIC).lease();
    var ends = new ArrayList<Outcome<?>>();
    b.run(
        () -> {
          for (int i = 0; i < handles.size(); i++) {
            ends.add(i % 4 == 0 ? retried(there, handles.get(i)) : acked(there, handles.get(i)));
          }
        });

    // then
    ends.forEach(Outcome::succeeded);
    assertThat(peers.questions()).isEqualTo(2);
    for (int group = 0; group < 3; group++) {
      assertThat(backend.unacknowledged(ManualGateway.ADDRESS, TOPIC, "group-" + group))
          .isEqualTo(2);
    }
  }
}
