package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.AckMessageResponse;
import dev.sluice.gateway.proto.v2.AckMessageResultEntry;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acknowledging what was received. */
class AckMessageTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "consumer");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.subscribe();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void whatIsAcknowledgedIsGone() {
    String handle = handleOfNewMessage();

    AckMessageResponse response = client.ack(handle);

    assertThat(response.getStatus().getCode()).isEqualTo(Code.OK);
    AckMessageResultEntry entry = response.getEntries(0);
    assertThat(entry.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(entry.getReceiptHandle()).isEqualTo(handle);
    assertThat(entry.getMessageId()).isEqualTo("id of " + handle);
    assertThat(unacknowledged()).isZero();
  }

  @Test
  void anyConnectionMayAcknowledge() throws Exception {
    String handle = handleOfNewMessage();
    V2Client other = V2Client.of(server, "other");
    server.disconnect(client.connection());

    assertThat(other.ack(handle).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(unacknowledged()).isZero();
  }

  @Test
  void whatIsRenewedForTheCallerIsNotAnyMoreOnceAcknowledged() {
    String handle = handleOfNewMessage(receive().clearInvisibleDuration().setAutoRenew(true));

    assertThat(client.ack(handle).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(server.ledger().open(ResourceKinds.HELD_DELIVERY)).isZero();
    assertThat(unacknowledged()).isZero();
  }

  @Test
  void everyHandleHasAResultInItsPlace() {
    String first = handleOfNewMessage();
    String second = handleOfNewMessage();

    AckMessageResponse response = client.ack(first, "garbage", second);

    assertThat(response.getStatus().getCode()).isEqualTo(Code.MULTIPLE_RESULTS);
    assertThat(response.getEntriesList())
        .extracting(entry -> entry.getStatus().getCode())
        .containsExactly(Code.OK, Code.INVALID_RECEIPT_HANDLE, Code.OK);
    assertThat(response.getEntriesList())
        .extracting(AckMessageResultEntry::getReceiptHandle)
        .containsExactly(first, "garbage", second);
    assertThat(unacknowledged()).isZero();
  }

  @Test
  void aHandleThatNobodyGaveIsInvalid() {
    assertThat(client.ack("garbage").getStatus().getCode()).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(client.ack("").getStatus().getCode()).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
  }

  @Test
  void aHandleIsInvalidOnceItsTimeIsOver() {
    String handle = handleOfNewMessage();

    server.pass(Duration.ofSeconds(31));

    AckMessageResponse response = client.ack(handle);
    assertThat(response.getStatus().getCode()).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(response.getStatus().getMessage()).contains("expired");
    assertThat(unacknowledged()).isEqualTo(1);
  }

  @Test
  void aHandleOfAnotherTopicOrGroupIsInvalid() {
    String handle = handleOfNewMessage();

    assertThat(client.ackOf("invoices", GROUP, handle).getStatus().getCode())
        .isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(client.ackOf(TOPIC, "audit", handle).getStatus().getCode())
        .isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(unacknowledged()).isEqualTo(1);
  }

  @Test
  void topicAndGroupAreChecked() {
    assertThat(client.ackOf("a b", GROUP, "h").getStatus().getCode()).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(client.ackOf(TOPIC, "a b", "h").getStatus().getCode())
        .isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
  }

  @Test
  void aRequestHasOneTo1024Handles() {
    String[] handles = new String[1025];
    Arrays.fill(handles, "garbage");

    assertThat(client.ack().getStatus().getCode()).isEqualTo(Code.BAD_REQUEST);
    assertThat(client.ack(handles).getStatus().getCode()).isEqualTo(Code.BAD_REQUEST);
    assertThat(client.ack(Arrays.copyOf(handles, 1024)).getEntriesList()).hasSize(1024);
  }

  @Test
  void failuresOfTheMessageSystemAreTold() {
    String handle = handleOfNewMessage();
    server
        .backend()
        .faults()
        .failNext(Operation.ACK, GatewayException.unavailable("no broker", null));

    assertThat(client.ack(handle).getStatus().getCode()).isEqualTo(Code.HA_NOT_AVAILABLE);
    assertThat(client.ack(handle).getStatus().getCode()).isEqualTo(Code.OK);
  }

  private String handleOfNewMessage() {
    return handleOfNewMessage(receive());
  }

  private String handleOfNewMessage(ReceiveMessageRequest.Builder request) {
    client.sendOk(message("a").build());
    return client.messages(request).getFirst().getSystemProperties().getReceiptHandle();
  }

  private int unacknowledged() {
    return server.backend().unacknowledged(FrontendServer.ADDRESS, TOPIC, GROUP);
  }
}
