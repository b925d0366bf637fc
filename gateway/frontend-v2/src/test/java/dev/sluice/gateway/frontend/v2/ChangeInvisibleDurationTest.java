package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationRequest;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationResponse;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When messages come again, as their consumers say. */
@Timeout(60)
class ChangeInvisibleDurationTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "consumer");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.subscribe();
    client.sendOk(message("a").build());
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aMessageIsHiddenForLongerAndItsNewHandleAcknowledges() {
    String old = handleOf(client.messages(receive()).getFirst());

    ChangeInvisibleDurationResponse answer = change(old, 60_000);

    assertThat(answer.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(answer.getReceiptHandle()).isNotEmpty().isNotEqualTo(old);
    server.pass(Duration.ofSeconds(45));
    assertThat(client.messages(soon())).as("hidden for more than the 30 s of before").isEmpty();
    assertThat(codeOfAck(old)).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(codeOfAck(answer.getReceiptHandle())).isEqualTo(Code.OK);
  }

  @Test
  void aMessageComesAgainSoonerAndIsCounted() {
    String handle = handleOf(client.messages(receive()).getFirst());

    assertThat(change(handle, 1_000).getStatus().getCode()).isEqualTo(Code.OK);

    Message again = client.messages(receive()).getFirst();
    assertThat(again.getSystemProperties().getDeliveryAttempt()).isEqualTo(2);
  }

  @Test
  void aMessageThatIsRenewedIsNotAnyMore() {
    String handle =
        handleOf(client.messages(receive().clearInvisibleDuration().setAutoRenew(true)).getFirst());
    assertThat(server.ledger().open(ResourceKinds.HELD_DELIVERY)).isEqualTo(1);

    String fresh = change(handle, 20_000).getReceiptHandle();

    assertThat(server.ledger().open(ResourceKinds.HELD_DELIVERY)).isZero();
    server.pass(Duration.ofSeconds(21));
    assertThat(codeOfAck(fresh)).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(client.messages(receive())).hasSize(1);
  }

  @Test
  void aMessageIsHiddenForNothingTo12Hours() {
    String handle = handleOf(client.messages(receive()).getFirst());

    refused(change(handle, -1), Code.ILLEGAL_INVISIBLE_TIME, handle);
    refused(change(handle, 12 * 3_600_000 + 1), Code.ILLEGAL_INVISIBLE_TIME, handle);
    ChangeInvisibleDurationResponse longest = change(handle, 12 * 3_600_000);
    assertThat(longest.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(change(longest.getReceiptHandle(), 0).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(client.messages(receive())).hasSize(1);
  }

  @Test
  void whateverIsRefusedTellsTheHandleThatItCameWith() {
    String handle = handleOf(client.messages(receive()).getFirst());

    refused(change("nonsense", 1_000), Code.INVALID_RECEIPT_HANDLE, "nonsense");
    refused(changeOf("a b", GROUP, handle, 1_000), Code.ILLEGAL_TOPIC, handle);
    refused(changeOf(TOPIC, "", handle, 1_000), Code.ILLEGAL_CONSUMER_GROUP, handle);
    refused(changeOf("other", GROUP, handle, 1_000), Code.INVALID_RECEIPT_HANDLE, handle);
    refused(changeOf(TOPIC, "other", handle, 1_000), Code.INVALID_RECEIPT_HANDLE, handle);
    server
        .backend()
        .faults()
        .failNext(Operation.CHANGE_INVISIBLE, GatewayException.unavailable("no broker", null));
    refused(change(handle, 1_000), Code.HA_NOT_AVAILABLE, handle);
    server.pass(Duration.ofSeconds(31));
    refused(change(handle, 1_000), Code.INVALID_RECEIPT_HANDLE, handle);
  }

  private static void refused(
      ChangeInvisibleDurationResponse answer, Code expected, String handle) {
    assertThat(answer.getStatus().getCode()).isEqualTo(expected);
    assertThat(answer.getReceiptHandle()).isEqualTo(handle);
  }

  private Code codeOfAck(String handle) {
    return client.ack(handle).getEntries(0).getStatus().getCode();
  }

  private static String handleOf(Message message) {
    return message.getSystemProperties().getReceiptHandle();
  }

  private static ReceiveMessageRequest.Builder soon() {
    return receive().setLongPollingTimeout(Times.duration(0));
  }

  private ChangeInvisibleDurationResponse change(String handle, long millis) {
    return changeOf(TOPIC, GROUP, handle, millis);
  }

  private ChangeInvisibleDurationResponse changeOf(
      String topic, String group, String handle, long millis) {
    return client
        .stub()
        .changeInvisibleDuration(
            ChangeInvisibleDurationRequest.newBuilder()
                .setTopic(resource(topic))
                .setGroup(resource(group))
                .setReceiptHandle(handle)
                .setMessageId("id")
                .setInvisibleDuration(Times.duration(millis))
                .build());
  }
}
