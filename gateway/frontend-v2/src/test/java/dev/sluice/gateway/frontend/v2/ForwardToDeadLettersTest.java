package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.ForwardMessageToDeadLetterQueueRequest;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that their consumers give up. */
@Timeout(60)
class ForwardToDeadLettersTest {

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
  void aMessageThatIsGivenUpIsADeadLetterAndDoesNotComeAgain() {
    String handle = receiveOne(receive());

    assertThat(forward(handle)).isEqualTo(Code.OK);

    assertThat(dead()).containsExactly("a");
    assertThat(unacknowledged()).isZero();
    assertThat(server.gateway().metrics().value(Counter.DEAD_LETTERS)).isEqualTo(1);
  }

  @Test
  void aMessageThatIsRenewedIsGivenUpHoweverLongAgoItCame() {
    String handle = receiveOne(renewed());
    for (int i = 1; i <= 3; i++) {
      int renewals = i;
      server.pass(Duration.ofSeconds(45));
      await().until(() -> server.gateway().metrics().value(Counter.RENEWALS) >= renewals);
      client.stub().heartbeat(HeartbeatRequest.getDefaultInstance());
    }

    assertThat(forward(handle)).isEqualTo(Code.OK);

    assertThat(dead()).containsExactly("a");
    assertThat(unacknowledged()).isZero();
    assertThat(server.ledger().open(ResourceKinds.HELD_DELIVERY)).isZero();
  }

  @Test
  void aRepeatedForwardOfARenewedMessageDoesNothing() {
    String handle = receiveOne(renewed());
    forward(handle);

    assertThat(forward(handle)).isEqualTo(Code.OK);

    assertThat(dead()).containsExactly("a");
  }

  @Test
  void aDeliveryThatIsOverIsOkAndNothingIsStored() {
    // given: official clients repeat every other answer for ever
    String unheld = receiveOne(receive());
    server.pass(Duration.ofSeconds(31));
    assertThat(forward(unheld)).isEqualTo(Code.OK);
    String held = receiveOne(renewed());
    assertThat(client.messages(soon())).isEmpty();
    client.stub().notifyClientTermination(NotifyClientTerminationRequest.getDefaultInstance());
    assertThat(client.messages(receive())).hasSize(1);
    assertThat(forward(held)).isEqualTo(Code.OK);

    assertThat(dead()).isEmpty();
    assertThat(unacknowledged()).isEqualTo(1);
  }

  @Test
  void whatIsNotTheirsIsRefused() {
    String handle = receiveOne(receive());

    assertThat(forward("nonsense")).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(forwardOf("other", GROUP, handle)).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(forwardOf(TOPIC, "other", handle)).isEqualTo(Code.INVALID_RECEIPT_HANDLE);
    assertThat(forwardOf("a b", GROUP, handle)).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(forwardOf(TOPIC, "", handle)).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(dead()).isEmpty();
  }

  @Test
  void aFailureLeavesTheMessageWhereItIs() {
    String handle = receiveOne(renewed());
    server
        .backend()
        .faults()
        .failNext(Operation.DEAD_LETTER, GatewayException.unavailable("no broker", null));
    server
        .backend()
        .faults()
        .failNext(Operation.DEAD_LETTER, GatewayException.notFound(Subject.MESSAGE, "gone"));

    assertThat(forward(handle)).isEqualTo(Code.HA_NOT_AVAILABLE);
    assertThat(forward(handle)).isEqualTo(Code.MESSAGE_NOT_FOUND);

    assertThat(dead()).isEmpty();
    assertThat(unacknowledged()).isEqualTo(1);
    assertThat(forward(handle)).isEqualTo(Code.OK);
  }

  private static ReceiveMessageRequest.Builder renewed() {
    return receive().clearInvisibleDuration().setAutoRenew(true);
  }

  private static ReceiveMessageRequest.Builder soon() {
    return receive().setLongPollingTimeout(Times.duration(0));
  }

  private String receiveOne(ReceiveMessageRequest.Builder request) {
    return client.messages(request).getFirst().getSystemProperties().getReceiptHandle();
  }

  private List<String> dead() {
    return server.backend().stored(FrontendServer.ADDRESS, "%DLQ%" + GROUP).stream()
        .flatMap(List::stream)
        .map(Messages::text)
        .toList();
  }

  private int unacknowledged() {
    return server.backend().unacknowledged(FrontendServer.ADDRESS, TOPIC, GROUP);
  }

  private Code forward(String handle) {
    return forwardOf(TOPIC, GROUP, handle);
  }

  private Code forwardOf(String topic, String group, String handle) {
    return client
        .stub()
        .forwardMessageToDeadLetterQueue(
            ForwardMessageToDeadLetterQueueRequest.newBuilder()
                .setTopic(resource(topic))
                .setGroup(resource(group))
                .setReceiptHandle(handle)
                .setMessageId("id")
                .setDeliveryAttempt(3)
                .setMaxDeliveryAttempts(3)
                .build())
        .getStatus()
        .getCode();
  }
}
