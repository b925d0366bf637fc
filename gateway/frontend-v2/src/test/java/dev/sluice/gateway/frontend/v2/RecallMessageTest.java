package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.RecallMessageRequest;
import dev.sluice.gateway.proto.v2.RecallMessageResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SendResultEntry;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delayed messages that are taken back. */
class RecallMessageTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "producer");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.subscribe();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void whatIsTakenBackIsNotDelivered() throws Exception {
    SendResultEntry recalled = sendDelayed();
    SendResultEntry kept = sendDelayed();
    V2Client other = V2Client.of(server, "other");

    RecallMessageResponse response = other.stub().recallMessage(request(recalled));

    assertThat(response.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(response.getMessageId()).isEqualTo(recalled.getMessageId());
    server.pass(Duration.ofSeconds(61));
    assertThat(client.messages(receive().setLongPollingTimeout(Times.duration(0))))
        .extracting(Message::getSystemProperties)
        .extracting(SystemProperties::getMessageId)
        .containsExactly(kept.getMessageId());
    assertThat(recall(request(kept))).isEqualTo(Code.PRECONDITION_FAILED);
  }

  @Test
  void onlyWhatIsDelayedHasARecallHandle() {
    assertThat(client.send(message("now").build()).getEntries(0).getRecallHandle()).isEmpty();
    assertThat(sendDelayed().getRecallHandle()).isNotEmpty();
  }

  @Test
  void recallsThatMakeNoSenseAreRefused() {
    SendResultEntry sent = sendDelayed();

    assertThat(recall(request(resource("a b"), sent.getRecallHandle())))
        .isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(recall(request(resource(TOPIC), ""))).isEqualTo(Code.BAD_REQUEST);
    assertThat(recall(request(resource(TOPIC), " "))).isEqualTo(Code.BAD_REQUEST);
    assertThat(recall(request(resource(TOPIC), "x".repeat(2049)))).isEqualTo(Code.BAD_REQUEST);
    assertThat(recall(request(resource(TOPIC), "garbage"))).isEqualTo(Code.BAD_REQUEST);
    assertThat(recall(request(resource("missing"), sent.getRecallHandle())))
        .isEqualTo(Code.TOPIC_NOT_FOUND);
  }

  @Test
  void aMessageSystemThatTakesNothingBackSaysSo() {
    SendResultEntry sent = sendDelayed();
    server
        .backend()
        .faults()
        .failNext(
            Operation.RECALL,
            new GatewayException(
                ErrorCategory.UNSUPPORTED, GatewayException.Subject.NONE, "not here"));

    assertThat(recall(request(sent))).isEqualTo(Code.UNSUPPORTED);
    assertThat(recall(request(sent))).isEqualTo(Code.OK);
  }

  private SendResultEntry sendDelayed() {
    return client
        .send(
            message(
                "later",
                SystemProperties.newBuilder()
                    .setMessageType(MessageType.DELAY)
                    .setDeliveryTimestamp(Times.timestamp(System.currentTimeMillis() + 60_000))))
        .getEntries(0);
  }

  private static RecallMessageRequest request(SendResultEntry sent) {
    return request(resource(TOPIC), sent.getRecallHandle());
  }

  private static RecallMessageRequest request(Resource topic, String handle) {
    return RecallMessageRequest.newBuilder().setTopic(topic).setRecallHandle(handle).build();
  }

  private Code recall(RecallMessageRequest request) {
    return client.stub().recallMessage(request).getStatus().getCode();
  }
}
