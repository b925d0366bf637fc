package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that dies in mid-traffic and comes back: what was accepted arrives. */
class BrokerKilledTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void everyAcceptedMessageArrivesAlthoughTheBrokerWasKilledInBetween() throws Exception {
    try (RocketMQEngine broker =
            RocketMQEngine.start(RocketMQEngine.in(folder.resolve("broker")).build());
        RunningGateway gateway =
            RunningGateway.before(broker.nameServerAddress(), folder.resolve("gateway"));
        Child receiver =
            Child.node("receive.js", gateway.grpc(), "", "broker-killed", "survivors", "100000")) {
      receiver.awaitLine(PATIENCE, "ready"::equals);
      List<String> accepted = acceptedAroundAKill(broker, gateway, receiver);

      await("all that was accepted")
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () -> {
                assertThat(receiver.output().after("error")).as("the stream lives on").isEmpty();
                assertThat(new HashSet<>(bodies(receiver.output().after("received"))))
                    .containsAll(accepted);
              });

      // and nothing stays open behind the traffic
      receiver.kill();
      gateway.endsCleanly();
    }
  }

  /** Sends before, during and after the broker's absence. */
  private static List<String> acceptedAroundAKill(
      RocketMQEngine broker, RunningGateway gateway, Child receiver) throws Exception {
    // Far more than the test takes: it ends the sender.
    try (Child sender =
        Child.node("send.js", gateway.grpc(), "", "broker-killed", "100000", "message", "10")) {
      await().atMost(PATIENCE).until(() -> receiver.output().after("received").size() > 100);

      broker.kill().toCompletableFuture().join();
      await("a refusal").atMost(PATIENCE).until(() -> !sender.output().after("refused").isEmpty());

      broker.restart();
      int before = sender.output().after("accepted").size();
      await("sends to go on")
          .atMost(PATIENCE)
          .until(() -> sender.output().after("accepted").size() > before + 100);
      sender.kill();
      sender.output().toEnd();
      return sender.output().after("accepted");
    }
  }

  private static List<String> bodies(List<String> received) {
    return received.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
  }
}
