package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.lifecycle.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settings about the broker's side do, seen at real brokers. */
class BrokerSettingsTest extends WithGateways {

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
    RocketMQEngine engine = RocketMQEngine.in(folder().resolve("engine")).quickStart().start();
    closeAfterwards(() -> engine.close(Deadline.after(Duration.ofSeconds(10))));
    Served gateway =
        start(
            new RocketMQSystem(line -> {}),
            Map.of(Setting.UPSTREAM, engine.nameServerAddress(), Setting.WRITE_TIMEOUT, "700ms"));
    var calls = gateway.calls();
    String producer = Served.producer(calls, TopicNames.unique("timeout"), "");
    await()
        .atMost(Served.PATIENCE)
        .until(() -> Served.send(calls, producer, "answered").getSuccess());

    // when
    signal(engine, "STOP");
    SendMessageResponse unanswered;
    try {
      unanswered = Served.send(calls, producer, "unanswered");
    } finally {
      signal(engine, "CONT");
    }

    // then
    assertThat(unanswered.getSuccess()).isFalse();
    assertThat(unanswered.getFailureCode()).isEqualTo(FailureCode.UNKNOWN_OUTCOME);
    assertThat(gateway.sample("sluice_unknown_outcomes_total")).isEqualTo(1);
  }

  private static void signal(RocketMQEngine engine, String signal)
      throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder("kill", "-" + signal, "" + engine.pid()).inheritIO().start().waitFor();
    assertThat(exit).isZero();
  }
}
