package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.SendSettings;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendPathTest {

  private static GatewaySettings settings(int batchSize, int flights, int inFlight) {
    var defaults = SendSettings.DEFAULTS;
    return GatewaySettings.DEFAULTS.with(
        new SendSettings(
            batchSize,
            defaults.flushInterval(),
            flights,
            inFlight,
            defaults.inFlightBytes(),
            defaults.timeout()));
  }

  private static List<Outcome<SendReceipt>> sendAll(
      ManualGateway gateway, UpstreamLease lease, List<OutboundMessage> messages) {
    var outcomes = new ArrayList<Outcome<SendReceipt>>();
    gateway.run(
        () -> {
          for (OutboundMessage message : messages) {
            var outcome = new Outcome<SendReceipt>();
            outcomes.add(outcome);
            gateway.gateway().sends().send(lease, message, outcome);
          }
        });
    return outcomes;
  }

  private static List<OutboundMessage> plain(int count) {
    var messages = new ArrayList<OutboundMessage>();
    for (int i = 0; i < count; i++) {
      messages.add(Messages.plain("orders", "m" + i));
    }
    return messages;
  }

  private static List<String> stored(ManualGateway gateway) {
    return gateway.backend().stored(ManualGateway.ADDRESS, "orders").stream()
        .flatMap(List::stream)
        .map(Messages::text)
        .toList();
  }

  @Test
  void idleGatewaySendsAtOnceWithoutWaitingForOthers() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer("orders");
      var outcome = gateway.send(producer.lease(), Messages.plain("orders", "m"));
      assertThat(outcome.value().messageId()).isNotEmpty();
      assertThat(gateway.count(Counter.BATCHES_SENT)).isOne();
    }
  }

  @Test
  void messagesThatComeWhileOneIsUnderWayLeaveTogetherWhenItReturns() {
    try (var gateway = ManualGateway.with(settings(100, 1, 1000))) {
      var lease = gateway.producer("orders").lease();
      gateway.faults().hold(Operation.SEND);
      var outcomes = sendAll(gateway, lease, plain(21));
      assertThat(gateway.faults().holding(Operation.SEND)).isOne();

      gateway.faults().releaseOne(Operation.SEND);
      gateway.loops().runReady();
      assertThat(outcomes.getFirst().isOver()).isTrue();
      assertThat(outcomes.get(1).isOver()).isFalse();
      gateway.faults().release(Operation.SEND);
      gateway.loops().runReady();

      assertThat(outcomes).allMatch(Outcome::isOver);
      assertThat(gateway.count(Counter.BATCHES_SENT)).isEqualTo(2);
      assertThat(outcomes.stream().map(outcome -> outcome.value().messageId()))
          .doesNotHaveDuplicates();
      assertThat(stored(gateway)).hasSize(21);
    }
  }

  @Test
  void fullBatchLeavesWithoutWaitingForTheOneAhead() {
    try (var gateway = ManualGateway.with(settings(10, 2, 1000))) {
      var lease = gateway.producer("orders").lease();
      gateway.faults().hold(Operation.SEND);
      sendAll(gateway, lease, plain(10));
      assertThat(gateway.faults().holding(Operation.SEND)).isOne();
      sendAll(gateway, lease, plain(1));
      assertThat(gateway.faults().holding(Operation.SEND)).isEqualTo(2);
      sendAll(gateway, lease, plain(20));
      assertThat(gateway.faults().holding(Operation.SEND)).isEqualTo(2);
      gateway.faults().release(Operation.SEND);
    }
  }

  @Test
  void waitingMessagesLeaveAfterTheFlushIntervalWhileOneIsUnderWay() {
    try (var gateway = ManualGateway.with(settings(100, 2, 1000))) {
      var lease = gateway.producer("orders").lease();
      gateway.faults().hold(Operation.SEND);
      sendAll(gateway, lease, plain(3));
      gateway.loops().advance(Duration.ofMillis(99));
      assertThat(gateway.faults().holding(Operation.SEND)).isOne();
      gateway.loops().advance(Duration.ofMillis(1));
      assertThat(gateway.faults().holding(Operation.SEND)).isEqualTo(2);
      gateway.faults().release(Operation.SEND);
    }
  }

  @Test
  void batchStaysUnderTheMessageSystemsLimit() {
    var options = MemoryOptions.DEFAULTS.withMaxBatchBytes(1000);
    try (var gateway = ManualGateway.with(1, settings(100, 1, 1000), options)) {
      var lease = gateway.producer("orders").lease();
      var messages = new ArrayList<OutboundMessage>();
      for (int i = 0; i < 9; i++) {
        messages.add(Messages.plain("orders", "x".repeat(300)));
      }
      var outcomes = sendAll(gateway, lease, messages);
      assertThat(outcomes).allSatisfy(outcome -> outcome.value());
      assertThat(gateway.count(Counter.BATCHES_SENT)).isEqualTo(5);
    }
  }

  @Test
  void messagesOfOneKeyAreStoredInTheOrderSentAlsoWhileTheTopicIsUnknown() {
    try (var gateway =
        ManualGateway.with(1, settings(7, 4, 1000), MemoryOptions.DEFAULTS.withQueues(3))) {
      var lease = gateway.producer("orders").lease();
      var messages = new ArrayList<OutboundMessage>();
      for (int i = 0; i < 100; i++) {
        messages.add(Messages.keyed("orders", i % 5 + ":" + i, "key" + i % 5));
      }
      gateway.faults().delay(Operation.SEND, Duration.ofMillis(5));
      var outcomes = sendAll(gateway, lease, messages.subList(0, 40));
      gateway.loops().advance(Duration.ofMillis(7));
      outcomes.addAll(sendAll(gateway, lease, messages.subList(40, 100)));
      gateway.loops().advance(Duration.ofSeconds(5));

      assertThat(outcomes).allSatisfy(outcome -> outcome.value());
      for (var queue : gateway.backend().stored(ManualGateway.ADDRESS, "orders")) {
        for (int key = 0; key < 5; key++) {
          String prefix = key + ":";
          assertThat(
                  queue.stream()
                      .map(Messages::text)
                      .filter(text -> text.startsWith(prefix))
                      .map(text -> Integer.parseInt(text.substring(prefix.length()))))
              .isSorted();
        }
      }
      assertThat(gateway.count(Counter.BATCHES_SENT)).isLessThan(50);
    }
  }

  @Test
  void oneQueueHasOneFlightAtATime() {
    try (var gateway =
        ManualGateway.with(1, settings(1, 8, 1000), MemoryOptions.DEFAULTS.withQueues(1))) {
      var lease = gateway.producer("orders").lease();
      gateway.send(lease, Messages.keyed("orders", "first", "k"));
      gateway.faults().hold(Operation.SEND);
      for (int i = 0; i < 5; i++) {
        gateway.send(lease, Messages.keyed("orders", "m" + i, "k"));
      }
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(gateway.faults().holding(Operation.SEND)).isOne();
      gateway.faults().release(Operation.SEND);
      gateway.loops().runReady();
      assertThat(stored(gateway)).containsExactly("first", "m0", "m1", "m2", "m3", "m4");
    }
  }

  @Test
  void scheduledMessagesGoAlone() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = gateway.producer("orders").lease();
      var messages = new ArrayList<OutboundMessage>();
      for (int i = 1; i <= 3; i++) {
        messages.add(Messages.scheduled("orders", "m", new Schedule.Level(i)));
      }
      assertThat(sendAll(gateway, lease, messages)).allSatisfy(outcome -> outcome.value());
      assertThat(gateway.count(Counter.BATCHES_SENT)).isEqualTo(3);
    }
  }

  @Test
  void refusedBatchIsSplitUntilOnlyTheCulpritFails() {
    for (boolean immediate : List.of(false, true)) {
      var options = MemoryOptions.DEFAULTS;
      if (immediate) {
        options = options.completingImmediately();
      }
      try (var gateway = ManualGateway.with(1, settings(100, 1, 1000), options)) {
        var lease = gateway.producer("orders").lease();
        gateway.faults().refuse(message -> Messages.text(message).equals("m13"));
        gateway.faults().hold(Operation.SEND);
        var outcomes = sendAll(gateway, lease, plain(30));
        gateway.faults().release(Operation.SEND);
        gateway.loops().runReady();

        for (int i = 0; i < 30; i++) {
          if (i == 13) {
            assertThat(outcomes.get(i).category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
          } else {
            assertThat(outcomes.get(i).value()).isNotNull();
          }
        }
        assertThat(stored(gateway)).hasSize(29).doesNotHaveDuplicates();
        assertThat(gateway.count(Counter.BATCHES_SPLIT)).isPositive();
        assertThat(gateway.count(Counter.SEND_FAILURES)).isOne();
      }
    }
  }

  @Test
  void splittingKeepsTheOrderOfAKey() {
    try (var gateway =
        ManualGateway.with(1, settings(100, 1, 1000), MemoryOptions.DEFAULTS.withQueues(1))) {
      var lease = gateway.producer("orders").lease();
      gateway.send(lease, Messages.keyed("orders", "-1", "k"));
      gateway.faults().refuse(message -> Messages.text(message).equals("5"));
      gateway.faults().hold(Operation.SEND);
      var messages = new ArrayList<OutboundMessage>();
      for (int i = 0; i < 10; i++) {
        messages.add(Messages.keyed("orders", "" + i, "k"));
      }
      sendAll(gateway, lease, messages);
      gateway.faults().release(Operation.SEND);
      gateway.loops().runReady();
      assertThat(stored(gateway))
          .containsExactly("-1", "0", "1", "2", "3", "4", "6", "7", "8", "9");
    }
  }

  @Test
  void unknownOutcomeIsToldToEveryCallerAndNothingIsSentAgain() {
    try (var gateway = ManualGateway.with(settings(100, 1, 1000))) {
      var lease = gateway.producer("orders").lease();
      gateway.faults().hold(Operation.SEND);
      var outcomes = sendAll(gateway, lease, plain(5));
      gateway.faults().releaseOne(Operation.SEND);
      gateway.loops().runReady();
      gateway
          .faults()
          .failNextSendAfterStoring(
              new GatewayException(ErrorCategory.UNKNOWN_OUTCOME, Subject.NONE, "no answer"));
      gateway.faults().release(Operation.SEND);
      gateway.loops().runReady();

      assertThat(outcomes.getFirst().value()).isNotNull();
      assertThat(outcomes.subList(1, 5))
          .allMatch(outcome -> outcome.category() == ErrorCategory.UNKNOWN_OUTCOME);
      assertThat(stored(gateway)).hasSize(5).doesNotHaveDuplicates();
      assertThat(gateway.count(Counter.UNKNOWN_OUTCOMES)).isEqualTo(4);
    }
  }

  @Test
  void tooManyUnderWayAreRefusedAtOnceAndAcceptedAgainLater() {
    try (var gateway = ManualGateway.with(settings(10, 1, 20))) {
      var lease = gateway.producer("orders").lease();
      gateway.faults().hold(Operation.SEND);
      var outcomes = sendAll(gateway, lease, plain(25));
      assertThat(outcomes.subList(20, 25))
          .allMatch(outcome -> outcome.category() == ErrorCategory.OVERLOADED);
      gateway.faults().release(Operation.SEND);
      gateway.loops().runReady();
      assertThat(outcomes.subList(0, 20)).allSatisfy(outcome -> outcome.value());
      assertThat(gateway.count(Counter.OVERLOADS)).isEqualTo(5);
      assertThat(gateway.send(lease, Messages.plain("orders", "m")).value()).isNotNull();
    }
  }

  @Test
  void bytesUnderWayAreBoundedToo() {
    var send = new SendSettings(100, Duration.ofMillis(100), 1, 1000, 5000, Duration.ofSeconds(30));
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS.with(send))) {
      var lease = gateway.producer("orders").lease();
      gateway.faults().hold(Operation.SEND);
      var first = gateway.send(lease, Messages.plain("orders", "x".repeat(4000)));
      var second = gateway.send(lease, Messages.plain("orders", "x".repeat(4000)));
      assertThat(second.category()).isEqualTo(ErrorCategory.OVERLOADED);
      gateway.faults().release(Operation.SEND);
      gateway.loops().runReady();
      assertThat(first.value()).isNotNull();
    }
  }

  @Test
  void tooLargeBodyNamesTheLimit() {
    var options = MemoryOptions.DEFAULTS.withMaxBodyBytes(10);
    try (var gateway = ManualGateway.with(1, GatewaySettings.DEFAULTS, options)) {
      var lease = gateway.producer("orders").lease();
      var outcome = gateway.send(lease, Messages.plain("orders", "x".repeat(11)));
      assertThat(outcome.failure()).hasMessage("body: 11 bytes (expected: at most 10)");
      assertThat(outcome.failure().subject()).isEqualTo(Subject.BODY);
    }
  }

  @Test
  void messagesSentWhileTheUpstreamStartsKeepTheirOrder() {
    try (var gateway =
        ManualGateway.with(1, GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS.withQueues(1))) {
      var id = gateway.producer("orders").id();
      gateway.loops().advance(Duration.ofSeconds(60));
      assertThat(gateway.backend().openUpstreams()).isZero();
      gateway.faults().delay(Operation.START, Duration.ofMillis(100));
      var producer = gateway.gateway().sessions().producer(gateway.connection(), id);
      for (int i = 0; i < 5; i++) {
        gateway.send(producer.lease(), Messages.keyed("orders", "" + i, "k"));
      }
      gateway.loops().advance(Duration.ofMillis(100));
      gateway.send(producer.lease(), Messages.keyed("orders", "5", "k"));
      gateway.loops().advance(Duration.ofMillis(100));
      assertThat(stored(gateway)).containsExactly("0", "1", "2", "3", "4", "5");
    }
  }

  @Test
  void failedStartFailsWhatWaitedForItAndTheNextSendTriesAnew() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var producer = gateway.producer("orders");
      gateway.loops().advance(Duration.ofSeconds(60));
      gateway
          .faults()
          .failNext(Operation.START, GatewayException.unavailable("memory: away", null));
      var failed = gateway.send(producer.lease(), Messages.plain("orders", "m"));
      assertThat(failed.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(gateway.send(producer.lease(), Messages.plain("orders", "m")).value()).isNotNull();
    }
  }

  @Test
  void completionsRunOnTheLoopThatCalled() {
    try (var gateway = ManualGateway.with(3, GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS)) {
      var lease = gateway.producer("orders").lease();
      for (int i = 0; i < 3; i++) {
        var loop = gateway.loops().all().get(i);
        var onLoop = new Outcome<Boolean>();
        gateway
            .loops()
            .on(
                i,
                () ->
                    gateway
                        .gateway()
                        .sends()
                        .send(
                            lease,
                            Messages.keyed("orders", "m", "k"),
                            new Completion<>() {
                              @Override
                              public void done(SendReceipt receipt) {
                                onLoop.done(loop.inLoop());
                              }

                              @Override
                              public void failed(GatewayException failure) {
                                onLoop.failed(failure);
                              }
                            }));
        assertThat(onLoop.value()).isTrue();
      }
    }
  }
}
