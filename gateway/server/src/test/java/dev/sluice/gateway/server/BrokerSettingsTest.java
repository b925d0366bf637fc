package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyFutureStub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.lifecycle.Deadline;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settings about the broker's side do, seen at real brokers. */
class BrokerSettingsTest extends WithGateways {
  /** One to stop, which the shared one may not be. */
  private static @Nullable RocketMQEngine engine;

  @BeforeAll
  static void startEngine(@TempDir Path data) {
    engine = RocketMQEngine.in(data).quickStart().start();
  }

  @AfterAll
  static void closeEngine() {
    engine().close(Deadline.after(Duration.ofSeconds(30)));
  }

  private static RocketMQEngine engine() {
    return Objects.requireNonNull(engine);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Shows({Setting.PRODUCER_POOL_SIZE, Setting.UPSTREAM})
  void eachBrokerHasNoMoreConnectionsThanSet(int most) throws Exception {
    // given
    SharedEngine engine = SharedEngine.rocketmq5();
    Served gateway =
        start(
            new RocketMQSystem(line -> {}),
            Map.of(
                Setting.UPSTREAM,
                engine.nameServerAddress(),
                Setting.PRODUCER_POOL_SIZE,
                "" + most));
    String topic = TopicNames.unique("pool");

    // when many callers send, over connections that are spread over all event loops
    for (int i = 0; i < 8; i++) {
      var calls = gateway.calls();
      String producer = Served.producer(calls, topic, "");
      SendMessageResponse sent = Served.send(calls, producer, "x");
      assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
    }

    // then
    int loops = Math.min(most, Runtime.getRuntime().availableProcessors());
    long connections =
        gateway.ledger().snapshot().owners("connection").entrySet().stream()
            .filter(entry -> entry.getKey().endsWith(" to " + engine.brokerAddress()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    assertThat(connections).isEqualTo(loops);
  }

  @Test
  @Shows(Setting.WRITE_TIMEOUT)
  void aSendThatNobodyAnswersEndsInTheTimeThatIsSetWithItsOutcomeUnknown() throws Exception {
    // given
    Served quick = before(engine(), Map.of(Setting.WRITE_TIMEOUT, "300ms"));
    Served patient = before(engine(), Map.of(Setting.WRITE_TIMEOUT, "30s"));
    Sender inTime = new Sender(quick);
    Sender later = new Sender(patient);
    // Of sends before this, as there is no telling how long a broker takes.
    double before = quick.sample("sluice_unknown_outcomes_total");

    // when
    signal("STOP");
    try {
      var waiting = later.send();
      SendMessageResponse unanswered = inTime.send().get(30, TimeUnit.SECONDS);

      // then
      assertThat(waiting).isNotDone();
      assertThat(unanswered.getSuccess()).isFalse();
      assertThat(unanswered.getFailureCode()).isEqualTo(FailureCode.UNKNOWN_OUTCOME);
      assertThat(quick.sample("sluice_unknown_outcomes_total")).isEqualTo(before + 1);
      signal("CONT");
      assertThat(waiting.get(30, TimeUnit.SECONDS).getSuccess()).isTrue();
    } finally {
      signal("CONT");
    }
  }

  @Test
  @Shows(Setting.READ_TIMEOUT)
  void anAcknowledgementThatNobodyAnswersEndsInTheTimeThatIsSet() throws Exception {
    // given two gateways, each with a message that was handed out
    Served quick = before(engine(), Map.of(Setting.READ_TIMEOUT, "500ms"));
    Served patient = before(engine(), Map.of());
    var inTime = held(quick);
    var later = held(patient);

    // when
    signal("STOP");
    try {
      var waiting = later.get();
      AckMessageResponse unanswered = inTime.get().get(30, TimeUnit.SECONDS);

      // then
      assertThat(unanswered.getSuccess()).isFalse();
      assertThat(waiting).isNotDone();
      assertThat(waiting.get(30, TimeUnit.SECONDS).getSuccess()).isFalse();
    } finally {
      signal("CONT");
    }
  }

  private Served before(RocketMQEngine engine, Map<Setting, String> settings) throws IOException {
    Map<Setting, String> all = new EnumMap<>(Setting.class);
    all.put(Setting.UPSTREAM, engine.nameServerAddress());
    all.putAll(settings);
    return start(new RocketMQSystem(line -> {}), all);
  }

  /** Sends to a topic of its own, which is there when this is made. */
  private static final class Sender {
    private final RocketMQProxyFutureStub stub;
    private final String producer;

    Sender(Served gateway) {
      ManagedChannel channel = gateway.channel();
      var calls = RocketMQProxyGrpc.newBlockingV2Stub(channel);
      stub = RocketMQProxyGrpc.newFutureStub(channel);
      producer = made(() -> Served.producer(calls, TopicNames.unique("timeout"), ""));
      await()
          .atMost(Served.PATIENCE)
          .until(() -> Served.send(calls, producer, "answered").getSuccess());
    }

    Future<SendMessageResponse> send() {
      return stub.sendMessage(
          SendMessageRequest.newBuilder().setProducerId(producer).setMessageBody("x").build());
    }
  }

  /** Has a message handed out, and gives the way to acknowledge it. */
  private static Supplier<Future<AckMessageResponse>> held(Served gateway) throws Exception {
    ManagedChannel channel = gateway.channel();
    var calls = RocketMQProxyGrpc.newBlockingV2Stub(channel);
    String topic = TopicNames.unique("ack");
    String producer = made(() -> Served.producer(calls, topic, ""));
    await().atMost(Served.PATIENCE).until(() -> Served.send(calls, producer, "x").getSuccess());
    String consumer = made(() -> Served.consumer(calls, topic, ""));
    Message message = Served.next(gateway.stream(calls, consumer));
    return () ->
        RocketMQProxyGrpc.newFutureStub(channel)
            .ackMessage(
                AckMessageRequest.newBuilder()
                    .setConsumerId(consumer)
                    .setReceiptHandle(message.getReceiptHandle())
                    .build());
  }

  /** Where the time is short, making something may take longer, and is done again. */
  private static String made(Callable<String> making) {
    return await().atMost(Served.PATIENCE).ignoreExceptions().until(making, id -> !id.isEmpty());
  }

  private static void signal(String signal) throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("kill", "-" + signal, "" + engine().pid()).inheritIO().start().waitFor();
    assertThat(exit).isZero();
  }
}
