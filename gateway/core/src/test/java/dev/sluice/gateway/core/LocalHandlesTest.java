package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.publish;
import static dev.sluice.gateway.core.StreamFixture.unacknowledged;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.MemoryPeers;
import dev.sluice.gateway.deliveries.ReceiveTerms;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Handles that only the instance can act on that received the delivery, as on RocketMQ 4.x. */
class LocalHandlesTest extends TwoInstances {
  private static final Duration LONG = Duration.ofMinutes(2);

  LocalHandlesTest() {
    super(MemoryOptions.DEFAULTS.withLocalHandles());
  }

  @Test
  void whatAStreamHoldsIsAcknowledgedByItsInstanceAlone() {
    Scene scene = streamAt(a, 1);

    b.ack(scene.there(), scene.handles().getFirst()).succeeded();

    assertThat(b.count(Counter.FORWARDED)).isOne();
    assertThat(unacknowledged(a)).isZero();
  }

  @Test
  void withoutItsInstanceAHandleIsOfNoUseHoweverNewItIs() {
    Scene scene = streamAt(a, 1);
    peers.cut(A);

    var acknowledged = b.ack(scene.there(), scene.handles().getFirst());
    var retried = retry(scene.there(), scene.handles().getFirst(), Duration.ZERO);
    loops.advance(MemoryPeers.PATIENCE.multipliedBy(2));

    for (GatewayException failure : List.of(acknowledged.failure(), retried.failure())) {
      assertThat(failure)
          .hasMessageStartingWith(
              "handle of a gateway that does not answer: the message comes again");
      assertThat(failure.subject()).isEqualTo(Subject.HANDLE);
      assertThat(failure.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    }
    assertThat(unacknowledged(a)).isOne();
  }

  @Test
  void whatItsCallerRenewsIsAcknowledgedByItsInstanceToo() {
    UpstreamLease here = lease();
    String handle = receive(here, Duration.ofSeconds(30)).getFirst().handle();

    b.ack(there(), handle).succeeded();
    b.ack(there(), handle).succeeded();

    assertThat(b.count(Counter.FORWARDED)).isEqualTo(2);
    assertThat(unacknowledged(a)).isZero();
  }

  @Test
  void aRenewalThroughAnotherInstanceGivesAHandleOfTheSame() {
    UpstreamLease here = lease();
    String first = receive(here, Duration.ofSeconds(30)).getFirst().handle();

    SealedHandle renewed = retry(there(), first, LONG).value();
    SealedHandle again = retry(there(), renewed.handle(), LONG).value();

    loops.advance(Duration.ofSeconds(60));
    for (String old : List.of(first, renewed.handle())) {
      assertThat(b.ack(there(), old).failure()).hasMessageStartingWith("expired handle");
    }
    assertThat(unacknowledged(a)).isOne();
    a.ack(here, again.handle()).succeeded();
    assertThat(b.count(Counter.FORWARDED)).isEqualTo(4);
    assertThat(unacknowledged(a)).isZero();
  }

  @Test
  void aHandleEndsWhenItsDeliveryComesAgain() {
    UpstreamLease here = lease();
    String handle = receive(here, Duration.ofSeconds(30)).getFirst().handle();

    loops.advance(Duration.ofSeconds(31));

    assertThat(b.ack(there(), handle).failure()).hasMessageStartingWith("expired handle");
    assertThat(receive(here, Duration.ofSeconds(30)).getFirst().delivery().attempt()).isEqualTo(2);
  }

  @Test
  void anUpstreamStaysOpenForAsLongAsSomethingOfItIsUnacknowledged() {
    UpstreamLease here = lease();
    String handle = receive(here, LONG).getFirst().handle();
    Duration idle = a.gateway().settings().upstream().consumerIdle();

    loops.advance(idle.multipliedBy(3));
    assertThat(backend.openUpstreams()).isOne();
    a.ack(here, handle).succeeded();
    loops.advance(idle.multipliedBy(3));

    assertThat(backend.openUpstreams()).isZero();
  }

  private UpstreamLease lease() {
    publish(a, 0, 1);
    return a.consumer(a.connection(), StreamFixture.spec("*")).lease();
  }

  private UpstreamLease there() {
    return b.consumer(b.connection(), StreamFixture.spec("*")).lease();
  }

  private List<SealedDelivery> receive(UpstreamLease lease, Duration invisible) {
    var outcome = new Outcome<List<SealedDelivery>>();
    var request =
        new ReceiveRequest(
            StreamFixture.TOPIC,
            StreamFixture.GROUP,
            Filter.ALL,
            null,
            false,
            null,
            1,
            Duration.ofSeconds(5),
            invisible);
    var terms = new ReceiveTerms(new Subscription.Start.Earliest(), 16, null);
    a.run(() -> a.gateway().receives().receiveOnce(lease, request, terms, outcome));
    return outcome.value();
  }
}
