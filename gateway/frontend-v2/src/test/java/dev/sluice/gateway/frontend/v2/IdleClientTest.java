package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.UpstreamSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that makes no calls for so long that the gateway lets go of the message system. */
@Timeout(60)
class IdleClientTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    var idle =
        new UpstreamSettings(
            Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofSeconds(30), 100);
    server = V2Client.server(GatewaySettings.DEFAULTS.with(idle), MemoryOptions.DEFAULTS);
    client = V2Client.of(server, "consumer");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.subscribe();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void goesOnWithWhateverItCallsNext() throws Exception {
    // given
    Telemetry stream = Telemetry.open(client);
    stream.tell(
        Settings.newBuilder()
            .setClientType(ClientType.SIMPLE_CONSUMER)
            .setSubscription(Subscription.newBuilder().setGroup(resource(GROUP)))
            .build());
    client.sendOk(message("a").build());
    Message received = client.messages(receive()).getFirst();

    // when
    isIdle();

    // then
    assertThat(client.ack(received.getSystemProperties().getReceiptHandle()).getStatus().getCode())
        .isEqualTo(Code.OK);
    isIdle();
    client.sendOk(message("b").build());
    isIdle();
    assertThat(client.messages(receive())).hasSize(1);
    assertThat(stream.isOpen()).isTrue();
    assertThat(client.stub().heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode())
        .isEqualTo(Code.OK);
  }

  private void isIdle() {
    await().atMost(Duration.ofSeconds(50)).until(() -> server.backend().openUpstreams() == 0);
  }
}
