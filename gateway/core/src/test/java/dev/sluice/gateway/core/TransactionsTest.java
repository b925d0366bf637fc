package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.TransactionPath.Mode;
import dev.sluice.gateway.core.TransactionPath.Transaction;
import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
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
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Transactions without a checker; {@link CheckersTest} has those with one. */
class TransactionsTest {

  private static final String TOPIC = "orders";

  /** The message system in memory asks after 2 s. */
  private static final Duration ASKED = Duration.ofSeconds(3);

  @Test
  void automaticTransactionIsDeliveredWhenItIsAnswered() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);

      Transaction done = begin(gateway, producer.lease(), Mode.AUTO).value();

      assertThat(stored(gateway)).containsExactly("m");
      assertThat(done.messageId()).isNotEmpty();
      assertThat(gateway.count(Counter.MESSAGES_SENT)).isOne();
      assertThat(gateway.count(Counter.TRANSACTIONS_COMMITTED)).isOne();
      gateway.loops().advance(ASKED);
      assertThat(gateway.count(Counter.TRANSACTION_CHECKS)).isZero();
      assertThat(end(gateway, producer.lease(), done, Resolution.COMMIT).category())
          .as("it is the gateway's to end")
          .isEqualTo(ErrorCategory.FAILED_PRECONDITION);
      assertThat(stored(gateway)).hasSize(1);
    }
  }

  @Test
  void manualTransactionIsDeliveredWhenItIsCommitted() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);

      Transaction open = begin(gateway, producer.lease(), Mode.MANUAL).value();
      assertThat(stored(gateway)).isEmpty();
      end(gateway, producer.lease(), open, Resolution.COMMIT).succeeded();

      assertThat(stored(gateway)).containsExactly("m");
      assertThat(gateway.count(Counter.TRANSACTIONS_BEGUN)).isOne();
      assertThat(gateway.count(Counter.TRANSACTIONS_COMMITTED)).isOne();
    }
  }

  @Test
  void whatWasRolledBackIsNotDeliveredAnyMore() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      Transaction open = begin(gateway, producer.lease(), Mode.MANUAL).value();

      end(gateway, producer.lease(), open, Resolution.ROLLBACK).succeeded();

      assertThat(end(gateway, producer.lease(), open, Resolution.COMMIT).failure())
          .hasMessageContaining("COMMIT after ROLLBACK")
          .extracting(GatewayException::category)
          .isEqualTo(ErrorCategory.FAILED_PRECONDITION);
      end(gateway, producer.lease(), open, Resolution.ROLLBACK).succeeded();
      assertThat(stored(gateway)).isEmpty();
      assertThat(gateway.count(Counter.TRANSACTIONS_ROLLED_BACK)).isOne();
    }
  }

  @Test
  void committingAgainDeliversOnce() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      Transaction open = begin(gateway, producer.lease(), Mode.MANUAL).value();
      gateway.faults().hold(Operation.END);

      var first = end(gateway, producer.lease(), open, Resolution.COMMIT);
      var meanwhile = end(gateway, producer.lease(), open, Resolution.COMMIT);
      gateway.run(() -> gateway.faults().release(Operation.END));
      var again = end(gateway, producer.lease(), open, Resolution.COMMIT);

      first.succeeded();
      assertThat(meanwhile.category()).isEqualTo(ErrorCategory.OVERLOADED);
      again.succeeded();
      assertThat(stored(gateway)).hasSize(1);
    }
  }

  @Test
  void anotherInstanceEndsItAlsoAfterTheFirstIsGone() {
    var key = ClusterKey.random();
    try (var one = ManualGateway.with(key);
        var two = one.another(key, GatewaySettings.DEFAULTS)) {
      Transaction open = begin(one, one.producer(TOPIC).lease(), Mode.MANUAL).value();
      one.closeGateway();

      end(two, two.producer(TOPIC).lease(), open, Resolution.COMMIT).succeeded();

      assertThat(stored(two)).containsExactly("m");
    }
  }

  @Test
  void idThatDoesNotOpenOrIsAnotherEndpointsIsNotFound() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var stranger = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      var elsewhere = gateway.producer(gateway.connection(), "other:9876", Credentials.NONE, TOPIC);
      Transaction open = begin(gateway, producer.lease(), Mode.MANUAL).value();

      for (GatewayException refused :
          List.of(
              end(stranger, stranger.producer(TOPIC).lease(), open, Resolution.COMMIT).failure(),
              end(gateway, elsewhere.lease(), open, Resolution.COMMIT).failure(),
              end(gateway, producer.lease(), new Transaction("", producer.id()), Resolution.COMMIT)
                  .failure())) {
        assertThat(refused.category()).isEqualTo(ErrorCategory.NOT_FOUND);
        assertThat(refused.subject()).isEqualTo(Subject.TRANSACTION);
      }
      assertThat(stored(gateway)).isEmpty();
      end(gateway, producer.lease(), open, Resolution.ROLLBACK).succeeded();
    }
  }

  @Test
  void automaticCommitThatGotLostIsMadeUpForWhenTheMessageSystemAsks() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      gateway.faults().failNext(Operation.END, GatewayException.unavailable("gone", null));

      var outcome = begin(gateway, producer.lease(), Mode.AUTO);

      assertThat(outcome.category()).isEqualTo(ErrorCategory.UNKNOWN_OUTCOME);
      assertThat(stored(gateway)).isEmpty();
      producer.close();
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(gateway.ledger().open(ResourceKinds.PENDING_TRANSACTION)).isZero();
      gateway.loops().advance(ASKED);
      assertThat(stored(gateway)).containsExactly("m");
      assertThat(gateway.count(Counter.TRANSACTION_CHECKS)).isOne();
    }
  }

  @Test
  void upstreamStaysOpenToBeAskedAboutACommitThatWasNotConfirmed() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      gateway.faults().failNext(Operation.END, GatewayException.unavailable("gone", null));
      var _ = begin(gateway, producer.lease(), Mode.AUTO);
      producer.close();

      gateway.loops().advance(Duration.ofMinutes(4));
      assertThat(gateway.backend().openUpstreams()).isOne();
      gateway.loops().advance(Duration.ofMinutes(3));
      assertThat(gateway.backend().openUpstreams()).isZero();
    }
  }

  @Test
  void automaticTransactionOfAnInstanceThatDiedIsCommittedByAnother() {
    var key = ClusterKey.random();
    try (var one = ManualGateway.with(key);
        var two = one.another(key, GatewaySettings.DEFAULTS)) {
      two.producer(TOPIC);
      one.faults().failNext(Operation.END, GatewayException.unavailable("died", null));
      var _ = begin(one, one.producer(TOPIC).lease(), Mode.AUTO);
      one.closeGateway();

      two.loops().advance(ASKED);

      assertThat(stored(two)).containsExactly("m");
      assertThat(two.count(Counter.TRANSACTION_CHECKS)).isOne();
    }
  }

  @Test
  void anEndWithUnknownOutcomeIsToldAndNotRepeated() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer(TOPIC);
      Transaction open = begin(gateway, producer.lease(), Mode.MANUAL).value();
      gateway
          .faults()
          .failNextEndAfterEnding(
              new GatewayException(
                  ErrorCategory.UNKNOWN_OUTCOME, Subject.TRANSACTION, "no answer"));

      var outcome = end(gateway, producer.lease(), open, Resolution.COMMIT);
      gateway.loops().advance(Duration.ofMinutes(1));

      assertThat(outcome.category()).isEqualTo(ErrorCategory.UNKNOWN_OUTCOME);
      assertThat(gateway.faults().calls(Operation.END)).isOne();
      assertThat(stored(gateway)).hasSize(1);
    }
  }

  @Test
  void transactionsAreBoundedAsSendsAre() {
    var few =
        new GatewaySettings.SendSettings(
            100, Duration.ZERO, 2, 2, 64L << 20, Duration.ofSeconds(30));
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS.with(few))) {
      var producer = gateway.producer(TOPIC);
      gateway.faults().hold(Operation.BEGIN);
      var first = begin(gateway, producer.lease(), Mode.AUTO);
      var second = begin(gateway, producer.lease(), Mode.AUTO);

      var third = begin(gateway, producer.lease(), Mode.AUTO);
      gateway.run(() -> gateway.faults().release(Operation.BEGIN));

      assertThat(third.category()).isEqualTo(ErrorCategory.OVERLOADED);
      first.value();
      second.value();
      begin(gateway, producer.lease(), Mode.AUTO).value();
      assertThat(stored(gateway)).hasSize(3);
    }
  }

  @Test
  void messageSystemWithoutTransactionsSaysSo() {
    try (var gateway =
        ManualGateway.with(
            1, GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS.withoutTransactions())) {
      var refused = begin(gateway, gateway.producer(TOPIC).lease(), Mode.AUTO);
      assertThat(refused.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
      assertThat(refused.failure()).hasMessageContaining("memory");
    }
  }

  @Test
  void firstCheckHasItsBounds() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = gateway.producer(TOPIC).lease();
      var outcome = new Outcome<Transaction>();
      gateway.run(
          () ->
              gateway
                  .gateway()
                  .transactions()
                  .begin(
                      Caller.ANYONE,
                      lease,
                      Messages.plain(TOPIC, "m"),
                      Mode.MANUAL,
                      Duration.ofHours(13),
                      outcome));
      assertThat(outcome.failure())
          .hasMessage("time until the first check: 13h (expected: 0s to 12h)");
    }
  }

  @Test
  void closingGatewayWaitsForTransactionsUnderWay() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = gateway.producer(TOPIC).lease();
      gateway.faults().delay(Operation.END, Duration.ofSeconds(2));
      var outcome = begin(gateway, lease, Mode.AUTO);
      assertThat(outcome.isOver()).isFalse();

      gateway.closeGateway();

      outcome.value();
      assertThat(begin(gateway, lease, Mode.AUTO).category()).isEqualTo(ErrorCategory.UNAVAILABLE);
    }
  }

  private static Outcome<Transaction> begin(ManualGateway gateway, UpstreamLease lease, Mode mode) {
    var outcome = new Outcome<Transaction>();
    OutboundMessage message = Messages.plain(TOPIC, "m");
    gateway.run(
        () ->
            gateway
                .gateway()
                .transactions()
                .begin(Caller.ANYONE, lease, message, mode, Duration.ZERO, outcome));
    return outcome;
  }

  private static Outcome<Void> end(
      ManualGateway gateway, UpstreamLease lease, Transaction transaction, Resolution resolution) {
    var outcome = new Outcome<Void>();
    gateway.run(
        () ->
            gateway
                .gateway()
                .transactions()
                .end(Caller.ANYONE, lease, transaction.transactionId(), resolution, outcome));
    return outcome;
  }

  private static List<String> stored(ManualGateway gateway) {
    return gateway.backend().stored(ManualGateway.ADDRESS, TOPIC).stream()
        .flatMap(List::stream)
        .map(Messages::text)
        .toList();
  }
}
