package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The published SDK creates a producer and a consumer once and uses their ids for ever: whatever
 * happens to connections and gateways meanwhile, they go on working.
 */
class QuietClientTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String topic = "quiet-" + UUID.randomUUID();

  @TempDir Path data;

  @Test
  void idlesUntilTheGatewayHasLetGoOfItsUpstreamAndItsConnectionIsGone(Ledger ledger)
      throws Exception {
    try (RunningGateway gateway = RunningGateway.start(settings(Map.of()))) {
      FaultyNetwork network = FaultyNetwork.start(ledger, gateway.address());
      try (Child client = client("127.0.0.1:" + network.port())) {
        exchange(client, "first");

        // when the upstream is closed for want of use, while the connection is down
        network.refuse();
        network.cut();
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(gateway.get("/metrics").body())
                        .containsPattern("\"active_connections\"\\s*:\\s*0\\b")
                        .containsPattern("\"active_producers\"\\s*:\\s*0\\b")
                        .containsPattern("\"active_consumers\"\\s*:\\s*0\\b"));
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(gateway.get("/metrics/prometheus").body())
                        .contains("sluice_upstream_closes_total 1.0"));
        network.pass();

        // then
        exchange(client, "second");
      } finally {
        network.close(Deadline.after(Duration.ofSeconds(5)));
      }
      gateway.endsCleanly();
    }
  }

  @Test
  void goesOnWhenItsGatewayIsStartedAnewUnderIt() throws Exception {
    String port = Integer.toString(FreePort.ofLoopback());
    try (RunningGateway first = RunningGateway.start(settings(Map.of("GRPC_PORT", port)));
        Child client = client(first.grpc())) {
      exchange(client, "first");

      first.endsCleanly();
      try (RunningGateway second = RunningGateway.start(settings(Map.of("GRPC_PORT", port)))) {
        exchange(client, "second");
        second.endsCleanly();
      }
    }
  }

  @Test
  void goesOnThroughAnotherInstanceWithTheSameClusterKey() throws Exception {
    try (RunningGateway first = RunningGateway.start(settings(Map.of()));
        RunningGateway second = RunningGateway.start(settings(Map.of()))) {
      // given a client that knows both and is with the first
      try (Child client = client("ipv4:" + first.grpc() + "," + second.grpc())) {
        exchange(client, "one");

        // when
        first.process().kill();

        // then
        exchange(client, "two");
      }
      second.endsCleanly();
    }
  }

  private Child client(String gateway) throws Exception {
    Child client = Child.node("quiet.js", gateway, topic, "quiet-" + topic);
    client.awaitLine(PATIENCE, "ready"::equals);
    return client;
  }

  /** What the client sends it receives, and the gateway takes the acknowledgement. */
  private static void exchange(Child client, String body) throws IOException {
    client.type(body);
    client.awaitLine(PATIENCE, ("received " + body)::equals);
    // Told on another way, which may take longer.
    client.awaitLine(PATIENCE, ("accepted " + body)::equals);
    assertThat(client.output().after("kept")).isEmpty();
  }

  private Map<String, String> settings(Map<String, String> others) {
    Map<String, String> settings = new HashMap<>();
    settings.put("DATA_DIR", data.toString());
    settings.put("UPSTREAM", SharedEngine.rocketmq5().nameServerAddress());
    settings.put("PRODUCER_CLEANUP_TIMEOUT", "200ms");
    settings.put("CONSUMER_CLEANUP_TIMEOUT", "200ms");
    settings.putAll(others);
    return settings;
  }
}
