package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static dev.sluice.gateway.frontend.v2.V2Client.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Receives of groups that consume in order, and how often they are tried. */
@Timeout(60)
class OrderedReceivesTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server(GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS);
    client = V2Client.of(server, "consumer");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.subscribe();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aGroupThatConsumesInOrderGetsNoMoreOfAQueueWhileAnythingOfItIsHeld() {
    // given: nobody has told any settings
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered("ordered"));
    client.answers(ofOrdered("first").setLongPollingTimeout(Times.duration(0)));
    for (String body : List.of("a", "b")) {
      client.sendOk(fifo(body));
    }

    Message first = client.messages(ofOrdered("one").setBatchSize(1)).getFirst();

    assertThat(client.codeOf(ofOrdered("two").setLongPollingTimeout(Times.duration(0))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    client.ackOf(TOPIC, "ordered", first.getSystemProperties().getReceiptHandle());
    Message second = client.messages(ofOrdered("three").setBatchSize(1)).getFirst();
    assertThat(List.of(first.getBody().toStringUtf8(), second.getBody().toStringUtf8()))
        .containsExactly("a", "b");
  }

  @Test
  void anAttemptThatIsRepeatedGetsTheSameMessagesAgain() {
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered("ordered"));
    client.answers(ofOrdered("first").setLongPollingTimeout(Times.duration(0)));
    client.sendOk(fifo("a"));
    Message first = client.messages(ofOrdered("one")).getFirst();

    Message repeated = client.messages(ofOrdered("one")).getFirst();

    assertThat(repeated.getBody()).isEqualTo(first.getBody());
    assertThat(repeated.getSystemProperties().getDeliveryAttempt()).isEqualTo(1);
  }

  @Test
  void aMessageThatWasTriedAsOftenAsItsGroupAllowsIsADeadLetter() {
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered(GROUP));
    client.sendOk(fifo("a"));
    ReceiveMessageRequest.Builder briefly =
        receive().setInvisibleDuration(Times.duration(10_000)).setAttemptId("a");

    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(client.messages(briefly).getFirst().getSystemProperties().getDeliveryAttempt())
          .isEqualTo(attempt);
      server.pass(java.time.Duration.ofSeconds(11));
    }

    assertThat(client.codeOf(soon())).isEqualTo(Code.MESSAGE_NOT_FOUND);
    await()
        .until(
            () ->
                server.backend().stored(FrontendServer.ADDRESS, "%DLQ%" + GROUP).stream()
                    .anyMatch(queue -> queue.size() == 1));
  }

  private static ReceiveMessageRequest.Builder ofOrdered(String attempt) {
    return receive().setGroup(resource("ordered")).setAttemptId(attempt);
  }

  private static Message fifo(String body) {
    return message(
        body,
        SystemProperties.newBuilder()
            .setMessageType(MessageType.FIFO)
            .setMessageGroup("customer-7"));
  }
}
