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
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** For how long messages are renewed for a client that asks for it. */
@Timeout(60)
class RenewalTest {

  private static final Settings CONSUMER =
      Settings.newBuilder()
          .setClientType(ClientType.PUSH_CONSUMER)
          .setSubscription(Subscription.newBuilder().setGroup(resource(GROUP)))
          .build();

  /** Longer than a message is hidden without being renewed. */
  private static final Duration RENEWED = Duration.ofSeconds(45);

  private FrontendServer server;
  private V2Client holder;
  private V2Client other;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    holder = V2Client.of(server, "holder");
    other = V2Client.of(server, "other");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    other.subscribe();
    other.sendOk(message("a").build());
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void theyAreRenewedWhileTheClientIsThere() throws Exception {
    Telemetry.open(holder).tell(CONSUMER);
    String handle = hold(holder);

    for (int i = 1; i <= 4; i++) {
      passRenewed(i);
    }

    assertThat(other.messages(soon())).isEmpty();
    assertThat(holder.ack(handle).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(held()).isZero();
  }

  @Test
  void theyComeAgainWhenTheConnectionEnds() throws Exception {
    hold(holder);

    server.disconnect(holder.connection());

    comesAgain();
  }

  @Test
  void theyComeAgainWhenTheClientTerminates() {
    hold(holder);

    terminate(holder);

    comesAgain();
  }

  @Test
  void theyComeAgainWhenTheClientTerminatesByAnotherConnection() {
    V2Client same = V2Client.of(server, "holder");
    hold(holder);

    terminate(same);

    comesAgain();
  }

  @Test
  void theTerminationOfAnotherClientChangesNothing() {
    String handle = hold(holder);

    terminate(other);

    assertThat(held()).isEqualTo(1);
    assertThat(holder.ack(handle).getStatus().getCode()).isEqualTo(Code.OK);
  }

  @Test
  void theyComeAgainWhenNothingIsHeardOfTheClient() {
    // given a connection that lives, as one of a balancer does
    hold(holder);
    passRenewed(1);

    // when
    server.pass(RENEWED);

    comesAgain();
  }

  @Test
  void aHeartbeatAlsoOfAClientThatIsNotKnownTellsThatItIsThere() {
    String handle = hold(holder);
    passRenewed(1);

    assertThat(heartbeat(holder)).isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
    passRenewed(2);

    assertThat(holder.ack(handle).getStatus().getCode()).isEqualTo(Code.OK);
  }

  @Test
  void whatComesAfterTheTerminationIsNotRenewed() {
    holder.ack(hold(holder));
    server.backend().faults().hold(Operation.RECEIVE);
    Receiving late = Receiving.begin(server, holder, renewed());
    other.sendOk(message("b").build());

    terminate(holder);
    server.backend().faults().release(Operation.RECEIVE);

    await().until(late::ended);
    assertThat(late.messages()).isZero();
    assertThat(other.messages(receive())).hasSize(1);
    assertThat(held()).isZero();
  }

  private String hold(V2Client by) {
    Message message = by.messages(renewed()).getFirst();
    assertThat(message.getSystemProperties().getInvisibleDuration())
        .isEqualTo(Times.duration(60_000));
    assertThat(held()).isEqualTo(1);
    return message.getSystemProperties().getReceiptHandle();
  }

  private static ReceiveMessageRequest.Builder renewed() {
    return receive().clearInvisibleDuration().setAutoRenew(true);
  }

  private static ReceiveMessageRequest.Builder soon() {
    return receive().setLongPollingTimeout(Times.duration(0));
  }

  private void passRenewed(int times) {
    server.pass(RENEWED);
    await().until(() -> server.gateway().metrics().value(Counter.RENEWALS) >= times && held() == 1);
  }

  private long held() {
    return server.ledger().open(ResourceKinds.HELD_DELIVERY);
  }

  private void comesAgain() {
    Message again = other.messages(receive()).getFirst();
    assertThat(again.getBody().toStringUtf8()).isEqualTo("a");
    assertThat(again.getSystemProperties().getDeliveryAttempt()).isEqualTo(2);
    assertThat(held()).isZero();
  }

  private static void terminate(V2Client client) {
    assertThat(
            client
                .stub()
                .notifyClientTermination(NotifyClientTerminationRequest.getDefaultInstance())
                .getStatus()
                .getCode())
        .isEqualTo(Code.OK);
  }

  private static Code heartbeat(V2Client client) {
    return client.stub().heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode();
  }
}
