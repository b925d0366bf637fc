package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.deliveries.Deliveries;
import dev.sluice.gateway.deliveries.StreamFlow;
import dev.sluice.gateway.deliveries.StreamOwner;
import dev.sluice.gateway.deliveries.StreamSpec;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Permit;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What its connection's end has passed over is found, counted and released by the sweep. */
class OutlivedConnectionsTest {

  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";

  /** The sweep's interval. */
  private static final Duration SWEEP = GatewaySettings.DEFAULTS.sweepInterval();

  /** A connection that forgets what it is to close: a fault that the gateway does not have. */
  private record Forgetful(ConnectionScope connection) implements ConnectionScope {
    @Override
    public String peer() {
      return connection.peer();
    }

    @Override
    public Caller caller() {
      return connection.caller();
    }

    @Override
    public ConnectionScope of(Caller caller) {
      return this;
    }

    @Override
    public void end(Caller caller) {}

    @Override
    public Permit session() {
      return connection.session();
    }

    @Override
    public boolean isOpen() {
      return connection.isOpen();
    }

    @Override
    public void adopt(AutoCloseable resource) {}

    @Override
    public void forget(AutoCloseable resource) {}

    @Override
    public void close() {
      connection.close();
    }
  }

  @Test
  void sessionsThatOutlivedTheirConnectionAreFoundCountedAndReleased() {
    var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
    // given a consumer that holds a message, and a producer
    var scope = new Forgetful(gateway.gateway().openConnection("forgetful"));
    var producer = gateway.producer(scope, "", Credentials.NONE, TOPIC);
    var consumer = gateway.consumer(scope, StreamFixture.spec("*"));
    RecordingSink sink = gateway.open(consumer);
    StreamFixture.publish(gateway, 0, 1);
    gateway.loops().advance(Duration.ofSeconds(1));
    assertThat(sink.deliveries()).hasSize(1);
    gateway.loops().advance(SWEEP.multipliedBy(3));
    assertThat(leaks(gateway, ResourceKinds.CONSUMER)).as("while the connection is open").isZero();

    // when
    scope.close();
    gateway.loops().advance(SWEEP);
    assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).as("slipped through").isOne();
    gateway.loops().advance(SWEEP);

    // then
    assertThat(leaks(gateway, ResourceKinds.PRODUCER)).isOne();
    assertThat(leaks(gateway, ResourceKinds.CONSUMER)).isOne();
    assertThat(leaks(gateway, ResourceKinds.STREAM)).as("it ended with its session").isZero();
    assertThat(sink.failure().category()).isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isZero();
    assertThat(gateway.count(Counter.ACTIVE_STREAMS)).isZero();
    assertThat(gateway.ledger().open(ResourceKinds.PRODUCER)).as("the publisher's").isOne();
    assertThat(StreamFixture.hidden(gateway)).as("handed back").isZero();
    assertThat(producer.lease().current()).as("given up").isNull();
    gateway.loops().advance(SWEEP.multipliedBy(3));
    assertThat(leaks(gateway, ResourceKinds.CONSUMER)).as("counted once").isOne();

    assertThat(gateway.closeGateway().clean()).isTrue();
    assertThat(gateway.ledger().isEmpty()).isTrue();
  }

  @Test
  void oneAmongManyIsFoundThoughTheSweepStopsInBetween() {
    var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
    var scope = new Forgetful(gateway.gateway().openConnection("forgetful"));
    for (int i = 0; i < 1000; i++) {
      gateway.producer(i % 100 == 50 ? scope : gateway.connection(), "", Credentials.NONE, TOPIC);
    }

    scope.close();
    gateway.loops().advance(SWEEP.multipliedBy(2));

    assertThat(leaks(gateway, ResourceKinds.PRODUCER)).isEqualTo(10);
    assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isEqualTo(990);
    assertThat(gateway.closeGateway().clean()).isTrue();
    assertThat(gateway.ledger().isEmpty()).isTrue();
  }

  @Test
  void streamThatOutlivedItsSessionIsFoundCountedAndReleased() {
    var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
    // given a stream whose consumer ended without it
    var open = new AtomicBoolean(true);
    var ended = new AtomicBoolean();
    var owner =
        new StreamOwner() {
          @Override
          public boolean isOpen() {
            return open.get();
          }

          @Override
          public void over(StreamFlow stream) {
            ended.set(true);
          }
        };
    var lease = gateway.producer(TOPIC).lease();
    var spec =
        new StreamSpec(
            lease,
            TOPIC,
            GROUP,
            Filter.ALL,
            false,
            new Subscription.Start.Earliest(),
            Duration.ofMinutes(1));
    var sink = new RecordingSink(gateway.loops().all().getFirst());
    var deliveries = (Deliveries) gateway.gateway().answers();
    gateway.run(() -> deliveries.stream(spec, sink, owner).start());
    gateway.loops().advance(SWEEP.multipliedBy(3));
    assertThat(leaks(gateway, ResourceKinds.STREAM)).isZero();

    // when
    open.set(false);
    gateway.loops().advance(SWEEP.multipliedBy(2));

    // then
    assertThat(leaks(gateway, ResourceKinds.STREAM)).isOne();
    assertThat(sink.failure()).hasMessage("stream: its consumer is closed");
    assertThat(ended).isTrue();
    assertThat(gateway.count(Counter.ACTIVE_STREAMS)).isZero();
    assertThat(gateway.closeGateway().clean()).isTrue();
    assertThat(gateway.ledger().isEmpty()).isTrue();
  }

  @Test
  void checkerThatOutlivedItsSessionIsFoundCountedAndReleased() {
    var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
    // given a checker whose producer ended without it
    var open = new AtomicBoolean(true);
    var ended = new AtomicBoolean();
    var failures = new ArrayList<GatewayException>();
    var owner =
        new CheckFlow.Owner() {
          @Override
          public boolean isOpen() {
            return open.get();
          }

          @Override
          public void over(CheckFlow checker) {
            ended.set(true);
          }
        };
    var sink =
        new CheckSink() {
          @Override
          public boolean isReady() {
            return true;
          }

          @Override
          public void check(Check check) {}

          @Override
          public void ended(GatewayException failure) {
            failures.add(failure);
          }
        };
    var producer = (LiveProducer) gateway.producer(TOPIC);
    var transactions = (Transactions) gateway.gateway().transactions();
    gateway.run(() -> transactions.checker(producer, sink, owner).start());
    gateway.loops().advance(SWEEP.multipliedBy(3));
    assertThat(leaks(gateway, ResourceKinds.CHECKER)).isZero();

    // when
    open.set(false);
    gateway.loops().advance(SWEEP.multipliedBy(2));

    // then
    assertThat(leaks(gateway, ResourceKinds.CHECKER)).isOne();
    assertThat(failures)
        .extracting(GatewayException::getMessage)
        .containsExactly("checks: their producer is closed");
    assertThat(ended).isTrue();
    assertThat(gateway.closeGateway().clean()).isTrue();
    assertThat(gateway.ledger().isEmpty()).isTrue();
  }

  private static long leaks(ManualGateway gateway, String kind) {
    return gateway.ledger().leaks(kind);
  }
}
