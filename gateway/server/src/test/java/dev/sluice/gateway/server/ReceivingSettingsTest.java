package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settings about receiving do. */
class ReceivingSettingsTest extends WithGateways {

  @Test
  @Shows(Setting.MESSAGE_BUFFER_SIZE)
  void aStreamHoldsNoMoreUnacknowledgedMessagesThanSet() throws Exception {
    // given
    MemorySystem system = new MemorySystem();
    Served gateway = start(system, Map.of(Setting.MESSAGE_BUFFER_SIZE, "3"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 5);
    String consumer = Served.consumer(calls);

    // when
    var stream = gateway.stream(calls, consumer);
    Message first = Served.next(stream);
    Served.next(stream);
    Served.next(stream);

    // then no more were even asked for, until there is room
    assertThat(hidden(system)).isEqualTo(3);
    ack(calls, consumer, first);
    Served.next(stream);
    assertThat(hidden(system)).isEqualTo(3);
  }

  @Test
  @Shows(Setting.MESSAGE_BUFFER_BYTES)
  void aStreamHoldsNoMoreBytesThanSet() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of(Setting.MESSAGE_BUFFER_BYTES, "1KB"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String producer = Served.producer(calls);
    for (int i = 0; i < 3; i++) {
      Served.send(calls, producer, "x".repeat(600));
    }
    String consumer = Served.consumer(calls);

    // when
    var stream = gateway.stream(calls, consumer);
    Message first = Served.next(stream);
    Served.next(stream);

    // then the third waits for room, and the pause is counted
    await().untilAsserted(() -> assertThat(gateway.figure("channel_full_events")).isEqualTo(1));
    ack(calls, consumer, first);
    Served.next(stream);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  @Shows(Setting.CONSUMER_POOL_SIZE)
  void noMoreReceivesOfAGroupAreUnderWayThanSet(int most) throws Exception {
    // given so much to receive that every receive comes back full
    MemorySystem system = new MemorySystem();
    Served gateway = start(system, Map.of(Setting.CONSUMER_POOL_SIZE, "" + most));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 200);
    system.faults().hold(Operation.RECEIVE);

    // when
    gateway.stream(calls, Served.consumer(calls));

    // then each full one brings another, up to the bound
    for (int full = 0; full < 5; full++) {
      int expected = Math.min(1 + full, most);
      await()
          .untilAsserted(
              () -> assertThat(system.faults().holding(Operation.RECEIVE)).isEqualTo(expected));
      system.faults().releaseOne(Operation.RECEIVE);
    }
    system.faults().release(Operation.RECEIVE);
  }

  @Test
  @Shows(Setting.PULL_TIMEOUT)
  void aReceiveWaitsForAFirstMessageAsLongAsSet() throws Exception {
    // given
    MemorySystem patient = new MemorySystem();
    MemorySystem impatient = new MemorySystem();
    idleStream(start(patient, Map.of(Setting.PULL_TIMEOUT, "5m")), patient);
    idleStream(start(impatient, Map.of(Setting.PULL_TIMEOUT, "60ms")), impatient);

    // then one asks again and again, while the other still waits for its first answer
    await()
        .untilAsserted(
            () ->
                assertThat(impatient.faults().calls(Operation.RECEIVE)).isGreaterThanOrEqualTo(3));
    assertThat(patient.faults().calls(Operation.RECEIVE)).isEqualTo(1);
  }

  private static void idleStream(Served gateway, MemorySystem system) throws Exception {
    system.memory().makeTopic(MemorySystem.ADDRESS, "t");
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    gateway.stream(calls, Served.consumer(calls));
    await().untilAsserted(() -> assertThat(system.faults().calls(Operation.RECEIVE)).isPositive());
  }

  @Test
  @Shows(Setting.PULL_INTERVAL)
  void afterAFailedReceiveThereIsAPauseAsLongAsSet() throws Exception {
    // given
    MemorySystem patient = new MemorySystem();
    MemorySystem impatient = new MemorySystem();
    var waiting = failingStream(start(patient, Map.of(Setting.PULL_INTERVAL, "5m")), patient);

    // when
    var trying = failingStream(start(impatient, Map.of(Setting.PULL_INTERVAL, "10ms")), impatient);

    // then one has its message, while the other has not asked again
    assertThat(Served.next(trying).getMessageBody()).isEqualTo("m0");
    assertThat(patient.faults().calls(Operation.RECEIVE)).isEqualTo(1);
    waiting.cancel("seen enough", null);
  }

  private static BlockingClientCall<?, Message> failingStream(Served gateway, MemorySystem system)
      throws Exception {
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 1);
    system.faults().failNext(Operation.RECEIVE, GatewayException.unavailable("nobody there", null));
    var stream = gateway.stream(calls, Served.consumer(calls));
    await()
        .untilAsserted(() -> assertThat(gateway.sample("sluice_poll_failures_total")).isEqualTo(1));
    return stream;
  }

  @Test
  @Shows(Setting.INVISIBLE_DURATION)
  void aHeldMessageIsRenewedBeforeTheTimeThatItIsHiddenIsOver() throws Exception {
    // given
    MemorySystem system = new MemorySystem();
    Served seldom = start(new MemorySystem(), Map.of());
    Served often = start(system, Map.of(Setting.INVISIBLE_DURATION, "1s"));
    holdOne(seldom);

    // when
    holdOne(often);

    // then
    await()
        .atMost(Served.PATIENCE)
        .untilAsserted(
            () -> assertThat(often.sample("sluice_renewals_total")).isGreaterThanOrEqualTo(2));
    // A renewal that comes too late has it shown, and taken again.
    await().untilAsserted(() -> assertThat(hidden(system)).isEqualTo(1));
    assertThat(seldom.sample("sluice_renewals_total")).isZero();
  }

  private static void holdOne(Served gateway) throws Exception {
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 1);
    Served.next(gateway.stream(calls, Served.consumer(calls)));
  }

  @Test
  @Shows(Setting.MAX_HOLD)
  void aMessageThatIsHeldTooLongComesAgain() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of(Setting.MAX_HOLD, "1s"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 1);
    var stream = gateway.stream(calls, Served.consumer(calls));
    Message first = Served.next(stream);

    // when nobody acknowledges it
    Message again = Served.next(stream);

    // then
    assertThat(again.getMessageId()).isEqualTo(first.getMessageId());
    assertThat(first.getReconsumeTimes()).isZero();
    assertThat(again.getReconsumeTimes()).isEqualTo(1);
    assertThat(gateway.sample("sluice_holds_expired_total")).isGreaterThanOrEqualTo(1);
  }

  @Test
  @Shows(Setting.MAX_ATTEMPTS)
  void aMessageThatComesTooOftenIsADeadLetter() throws Exception {
    // given
    Served gateway =
        start(new MemorySystem(), Map.of(Setting.MAX_ATTEMPTS, "2", Setting.MAX_HOLD, "1s"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 1);
    var stream = gateway.stream(calls, Served.consumer(calls));

    // when nobody acknowledges it
    assertThat(Served.next(stream).getReconsumeTimes()).isZero();
    assertThat(Served.next(stream).getReconsumeTimes()).isEqualTo(1);

    // then
    await()
        .atMost(Served.PATIENCE)
        .untilAsserted(() -> assertThat(gateway.sample("sluice_dead_letters_total")).isEqualTo(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuse", "warn"})
  @Shows(Setting.SUBSCRIPTION_CONFLICT)
  void aSubscriptionThatDiffersFromTheGroupsOthersIsRefusedOrOnlyToldOf(String choice)
      throws Exception {
    // given two upstreams, which share nothing but the group
    Served gateway = start(new MemorySystem(), Map.of(Setting.SUBSCRIPTION_CONFLICT, choice));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 1);
    String first = calls.createConsumer(Served.consumerOf("t", "blue", "a")).getConsumerId();
    String second = calls.createConsumer(Served.consumerOf("t", "green", "b")).getConsumerId();
    gateway.stream(calls, first);
    await().until(() -> gateway.sample("sluice_polls_total") > 0);

    // when
    var stream = gateway.stream(calls, second);

    // then
    if (choice.equals("refuse")) {
      assertThatThrownBy(stream::read)
          .isInstanceOfSatisfying(
              StatusException.class,
              end -> {
                assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
                assertThat(end.getStatus().getDescription())
                    .isEqualTo(
                        "group: g filter: b (expected: as the group's other members ask for on t,"
                            + " a)");
              });
    } else {
      await().until(() -> gateway.sample("sluice_polls_total") > 1);
    }
    assertThat(gateway.sample("sluice_subscription_conflicts_total")).isEqualTo(1);
  }

  @Test
  @Shows(Setting.PROFILE)
  void aProfileBringsItsPresetsUnlessTheyAreSetBesideIt() throws Exception {
    // given
    MemorySystem presets = new MemorySystem();
    MemorySystem beside = new MemorySystem();
    Served profile = start(presets, Map.of(Setting.PROFILE, "low-latency"));
    Served both =
        start(beside, Map.of(Setting.PROFILE, "low-latency", Setting.MESSAGE_BUFFER_SIZE, "7"));

    // then a stream of this profile holds 100 messages
    assertThat(heldOf(profile, presets, 100)).isEqualTo(100);
    assertThat(heldOf(both, beside, 7)).isEqualTo(7);
  }

  /** How many of 120 messages a stream holds when it has received so many. */
  private static int heldOf(Served gateway, MemorySystem system, int received) throws Exception {
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.sendAll(calls, Served.producer(calls), 120);
    var stream = gateway.stream(calls, Served.consumer(calls));
    for (int i = 0; i < received; i++) {
      Served.next(stream);
    }
    await()
        .during(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(hidden(system)).isLessThanOrEqualTo(received));
    return hidden(system);
  }

  private static int hidden(MemorySystem system) {
    return system.memory().hidden(MemorySystem.ADDRESS, "t", "g");
  }

  private static void ack(RocketMQProxyBlockingV2Stub calls, String consumer, Message message)
      throws Exception {
    var answer =
        calls.ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumer)
                .setReceiptHandle(message.getReceiptHandle())
                .build());
    assertThat(answer.getSuccess()).as(answer.getMessage()).isTrue();
  }
}
