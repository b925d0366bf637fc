package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.CheckSink.Check;
import dev.sluice.gateway.core.TransactionPath.Mode;
import dev.sluice.gateway.core.TransactionPath.Transaction;
import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is asked about manual transactions that nobody has ended. */
class CheckersTest {

  private static final String TOPIC = "orders";

  /** The message system in memory asks after 2 s, and every 2 s. */
  private static final Duration ASKED = Duration.ofMillis(2_100);

  /** A transport that takes checks, or does not. */
  private static final class Sink implements CheckSink {
    private final Loop loop;
    final List<Check> checks = new ArrayList<>();
    boolean ready = true;
    @Nullable GatewayException failure;

    Sink(Loop loop) {
      this.loop = loop;
    }

    @Override
    public boolean isReady() {
      assertThat(loop.inLoop()).isTrue();
      return ready;
    }

    @Override
    public void check(Check check) {
      assertThat(loop.inLoop()).isTrue();
      assertThat(failure).isNull();
      checks.add(check);
    }

    @Override
    public void ended(GatewayException cause) {
      assertThat(loop.inLoop()).isTrue();
      failure = cause;
    }

    Check only() {
      assertThat(checks).hasSize(1);
      return checks.getFirst();
    }
  }

  /** A checker and its sink. */
  private record Open(Sink sink, CheckStream stream) {}

  @Test
  void checkerIsGivenTheMessageAndEndsItsTransaction() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      Open checker = open(gateway, 0, producer);
      Transaction begun = begin(gateway, producer);

      gateway.loops().advance(ASKED);
      Check check = checker.sink.only();
      end(gateway, producer, check.transactionId(), Resolution.COMMIT).succeeded();

      assertThat(check.message().id()).isEqualTo(begun.messageId());
      assertThat(Messages.text(check.message())).isEqualTo("m");
      assertThat(stored(gateway)).hasSize(1);
      gateway.loops().advance(Duration.ofSeconds(30));
      assertThat(checker.sink.checks).hasSize(1);
      assertThat(gateway.count(Counter.TRANSACTION_CHECKS_UNANSWERED)).isZero();
    }
  }

  @Test
  void unansweredCheckIsAskedAgain() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      Open checker = open(gateway, 0, producer);
      Transaction begun = begin(gateway, producer);

      gateway.loops().advance(ASKED);
      end(gateway, producer, checker.sink.only().transactionId(), Resolution.UNKNOWN).succeeded();
      gateway.loops().advance(ASKED);

      assertThat(checker.sink.checks).hasSize(2);
      end(gateway, producer, begun.transactionId(), Resolution.ROLLBACK).succeeded();
    }
  }

  @Test
  void committedByItsFirstNameAndThenByThatOfTheCheckItIsDeliveredOnce() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      Open checker = open(gateway, 0, producer);
      Transaction begun = begin(gateway, producer);
      gateway.loops().advance(ASKED);

      end(gateway, producer, begun.transactionId(), Resolution.COMMIT).succeeded();
      end(gateway, producer, checker.sink.only().transactionId(), Resolution.COMMIT).succeeded();

      assertThat(stored(gateway)).hasSize(1);
    }
  }

  @Test
  void whoeverIsNotReadyIsPassedOverInTheOrderOfTurns() {
    try (var gateway = ManualGateway.with(2, settings(1), MemoryOptions.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      Open one = open(gateway, 0, producer);
      Open two = open(gateway, 1, producer);
      one.sink.ready = false;
      two.sink.ready = false;
      for (int i = 0; i < 3; i++) {
        begin(gateway, producer);
      }

      gateway.loops().advance(ASKED);

      assertThat(gateway.count(Counter.TRANSACTION_CHECKS)).isEqualTo(3);
      assertThat(gateway.count(Counter.TRANSACTION_CHECKS_UNANSWERED))
          .as("one waits for each, no more")
          .isOne();
      assertThat(one.sink.checks).isEmpty();
      one.sink.ready = true;
      two.sink.ready = true;
      gateway.loops().on(0, one.stream::resume);
      gateway.loops().on(1, two.stream::resume);
      assertThat(one.sink.checks).hasSize(1);
      assertThat(two.sink.checks).hasSize(1);
      endAll(gateway, producer, one, two);
    }
  }

  @Test
  void onlyCheckersOfTheTopicAndAccessKeySeeAMessage() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = producer(gateway, "alice", TOPIC);
      Open own = open(gateway, 0, producer(gateway, "alice", TOPIC));
      Open otherTopic = open(gateway, 0, producer(gateway, "alice", "payments"));
      Open otherKey = open(gateway, 0, producer(gateway, "bob", TOPIC));
      begin(gateway, producer);

      gateway.loops().advance(ASKED);

      assertThat(own.sink.checks).hasSize(1);
      assertThat(otherTopic.sink.checks).isEmpty();
      assertThat(otherKey.sink.checks).isEmpty();
      endAll(gateway, producer, own);
    }
  }

  @Test
  void checkerOfAnotherInstanceAnswersWhenThatIsAsked() {
    var key = ClusterKey.random();
    try (var one = ManualGateway.with(key);
        var two = one.another(key, GatewaySettings.DEFAULTS)) {
      begin(one, one.producer(TOPIC));
      one.closeGateway();
      var producer = two.producer(TOPIC);
      Open checker = open(two, 0, producer);

      two.loops().advance(ASKED);
      end(two, producer, checker.sink.only().transactionId(), Resolution.COMMIT).succeeded();

      assertThat(stored(two)).hasSize(1);
    }
  }

  @Test
  void checkerKeepsItsUpstreamOpenAndIsAskedAfterHoursOfNothing() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      begin(gateway, producer);
      Open checker = open(gateway, 0, producer);

      gateway.loops().advance(Duration.ofSeconds(20));
      int before = checker.sink.checks.size();
      assertThat(before).isPositive();
      gateway.loops().advance(Duration.ofHours(2));

      assertThat(gateway.backend().openUpstreams()).isOne();
      gateway.loops().on(0, checker.stream::close);
      gateway.loops().advance(Duration.ofMinutes(2));
      assertThat(gateway.backend().openUpstreams()).isZero();
    }
  }

  @Test
  void checkerOpensAnUpstreamThatWasClosed() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      begin(gateway, producer, Duration.ofMinutes(5));
      gateway.loops().advance(Duration.ofMinutes(6));
      assertThat(gateway.backend().openUpstreams()).isZero();

      Open checker = open(gateway, 0, producer);
      gateway.loops().advance(ASKED);

      assertThat(checker.sink.checks).isNotEmpty();
      end(gateway, producer, checker.sink.checks.getLast().transactionId(), Resolution.COMMIT)
          .succeeded();
    }
  }

  @Test
  void checkerEndsWithItsConnectionItsSessionAndItself() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var connection = gateway.gateway().openConnection("sdk");
      var first = gateway.producer(connection, "", Credentials.NONE, TOPIC);
      var second = gateway.producer(connection, "", Credentials.NONE, TOPIC);
      Open byConnection = open(gateway, 0, first);
      Open bySession = open(gateway, 0, second);
      Open byItself = open(gateway, 0, first);
      assertThat(gateway.ledger().open(ResourceKinds.CHECKER)).isEqualTo(3);

      gateway.run(byItself.stream::close);
      gateway.run(byItself.stream::close);
      gateway.run(second::close);
      gateway.run(connection::close);

      assertThat(byItself.sink.failure).isNull();
      assertThat(bySession.sink.failure).isNotNull();
      assertThat(byConnection.sink.failure).isNotNull();
      assertThat(gateway.ledger().open(ResourceKinds.CHECKER)).isZero();
    }
  }

  @Test
  void checkerWhoseUpstreamDoesNotStartIsTold() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      gateway.loops().advance(Duration.ofMinutes(2));
      gateway.faults().failNext(Operation.START, GatewayException.unavailable("away", null));

      Open checker = open(gateway, 0, producer);

      assertThat(checker.sink.failure)
          .isNotNull()
          .extracting(GatewayException::category)
          .isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(gateway.ledger().open(ResourceKinds.CHECKER)).isZero();
    }
  }

  private static GatewaySettings settings(int buffer) {
    return StreamFixture.buffer(buffer);
  }

  private static ProducerSession producer(ManualGateway gateway, String key, String topic) {
    return gateway.producer(
        gateway.connection(), "", new Credentials(key, "secret of " + key), topic);
  }

  private static Open open(ManualGateway gateway, int loop, ProducerSession producer) {
    var sink = new Sink(gateway.loops().all().get(loop));
    var streams = new ArrayList<CheckStream>();
    gateway.loops().on(loop, () -> streams.add(producer.checks(sink)));
    return new Open(sink, streams.getFirst());
  }

  private static Transaction begin(ManualGateway gateway, ProducerSession producer) {
    return begin(gateway, producer, Duration.ZERO);
  }

  private static Transaction begin(
      ManualGateway gateway, ProducerSession producer, Duration checkAfter) {
    var outcome = new Outcome<Transaction>();
    gateway.run(
        () ->
            gateway
                .gateway()
                .transactions()
                .begin(
                    Caller.ANYONE,
                    producer.lease(),
                    Messages.plain(TOPIC, "m"),
                    Mode.MANUAL,
                    checkAfter,
                    outcome));
    return outcome.value();
  }

  private static Outcome<Void> end(
      ManualGateway gateway, ProducerSession producer, String id, Resolution resolution) {
    var outcome = new Outcome<Void>();
    gateway.run(
        () ->
            gateway
                .gateway()
                .transactions()
                .end(Caller.ANYONE, producer.lease(), id, resolution, outcome));
    return outcome;
  }

  private static void endAll(ManualGateway gateway, ProducerSession producer, Open... checkers) {
    for (Open each : checkers) {
      for (Check check : each.sink.checks) {
        end(gateway, producer, check.transactionId(), Resolution.ROLLBACK).succeeded();
      }
    }
  }

  private static List<String> stored(ManualGateway gateway) {
    return gateway.backend().stored(ManualGateway.ADDRESS, TOPIC).stream()
        .flatMap(List::stream)
        .map(Messages::text)
        .toList();
  }
}
