package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.GatewaySettings;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream's headers say that it is open. */
class OpenStreamsTest {
  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";

  private ProxyServer server;
  private Caller caller;

  @BeforeEach
  void start() throws Exception {
    server = ProxyServer.start(GatewaySettings.DEFAULTS);
    caller = new Caller(server.connect());
    server.backend.makeTopic(FrontendServer.ADDRESS, TOPIC);
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  private Inbox stream(String tags) {
    String consumer =
        caller
            .stub()
            .createConsumer(
                CreateConsumerRequest.newBuilder()
                    .setTopic(TOPIC)
                    .setGroupId(GROUP)
                    .setTagExpression(tags)
                    .build())
            .getConsumerId();
    return Inbox.reading(caller.channel(), consumer);
  }

  @Test
  void theHeadersComeWithoutAnyMessage() throws Exception {
    Inbox inbox = stream("a");
    inbox.awaitOpen();
    assertThat(inbox.waiting()).isZero();
    assertThat(inbox.ended()).isFalse();
  }

  @Test
  void theHeadersComeWhenNothingIsUnderWayThatPassesOverWhatTheStreamWants() throws Exception {
    // given one whose receive hangs
    server.backend.faults().hold(Operation.RECEIVE);
    stream("a").awaitOpen();
    await().until(() -> server.backend.faults().holding(Operation.RECEIVE) == 1);
    Inbox second = stream("b");
    // A third call on the connection, answered after the second has arrived there.
    caller.producer(TOPIC);
    assertThat(second.isOpen()).isFalse();

    // when
    server.backend.faults().release(Operation.RECEIVE);

    // then
    second.awaitOpen();
  }

  @Test
  void aStreamThatIsRefusedHasNeverBeenOpen() throws Exception {
    Inbox inbox = Inbox.reading(caller.channel(), "no consumer");
    assertThat(inbox.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(inbox.isOpen()).isFalse();
  }
}
