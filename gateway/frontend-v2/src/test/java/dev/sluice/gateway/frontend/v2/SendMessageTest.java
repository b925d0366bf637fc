package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SendMessageResponse;
import dev.sluice.gateway.proto.v2.SendResultEntry;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of messages that callers send. */
class SendMessageTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server(GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS.withQueues(1));
    client = V2Client.of(server, "producer");
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aMessageIsStoredAsItWasSent() {
    // given
    Message message =
        message(
                "body",
                SystemProperties.newBuilder()
                    .setMessageId("01ABCD")
                    .setTag("created")
                    .addKeys("order-1")
                    .addKeys("order-2")
                    .setBornTimestamp(Times.timestamp(1_700_000_000_123L))
                    .setBornHost("host-7"))
            .toBuilder()
            .putUserProperties("colour", "blue")
            .build();

    // when
    SendMessageResponse response = client.send(message);

    // then
    assertThat(response.getStatus().getCode()).isEqualTo(Code.OK);
    SendResultEntry entry = response.getEntries(0);
    assertThat(entry.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(entry.getMessageId()).isEqualTo("01ABCD");
    assertThat(entry.getOffset()).isZero();
    OutboundMessage stored = stored().getFirst();
    assertThat(stored.id()).isEqualTo("01ABCD");
    assertThat(ByteString.copyFrom(stored.body()).toStringUtf8()).isEqualTo("body");
    assertThat(stored.tag()).isEqualTo("created");
    assertThat(stored.keys()).containsExactly("order-1", "order-2");
    assertThat(stored.properties()).isEqualTo(Map.of("colour", "blue"));
    assertThat(stored.bornAt()).isEqualTo(1_700_000_000_123L);
    assertThat(stored.bornHost()).isEqualTo("host-7");
    assertThat(stored.shardingKey()).isNull();
  }

  @Test
  void aMessageGroupKeepsOrder() {
    client.sendOk(
        message(
            "body",
            SystemProperties.newBuilder()
                .setMessageType(MessageType.FIFO)
                .setMessageGroup("customer-7")));

    assertThat(stored().getFirst().shardingKey()).isEqualTo("customer-7");
  }

  @Test
  void aDeliveryTimeIsKept() {
    long soon = System.currentTimeMillis() + 60_000;

    client.sendOk(
        message(
            "body",
            SystemProperties.newBuilder()
                .setMessageType(MessageType.DELAY)
                .setDeliveryTimestamp(Times.timestamp(soon))));
    assertThat(stored()).isEmpty();
    server.pass(Duration.ofSeconds(61));
    client.answers(V2Client.receive().setLongPollingTimeout(Times.duration(0)));

    assertThat(stored().getFirst().schedule()).isEqualTo(new Schedule.At(soon));
  }

  @Test
  void everyMessageOfARequestHasAResultInItsPlace() {
    SendMessageResponse response =
        client.send(
            message("a", SystemProperties.newBuilder().setMessageId("A")),
            message("b", SystemProperties.newBuilder().setMessageId("B")),
            message("c", SystemProperties.newBuilder().setMessageId("C")));

    assertThat(response.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(response.getEntriesList())
        .extracting(SendResultEntry::getMessageId)
        .containsExactly("A", "B", "C");
    assertThat(response.getEntriesList())
        .extracting(SendResultEntry::getOffset)
        .containsExactly(0L, 1L, 2L);
  }

  @Test
  void resultsThatDifferAreToldOneByOne() {
    server.backend().faults().refuse(message -> "B".equals(message.id()));

    SendMessageResponse response =
        client.send(
            message("a", SystemProperties.newBuilder().setMessageId("A")),
            message("b", SystemProperties.newBuilder().setMessageId("B")));

    assertThat(response.getStatus().getCode()).isEqualTo(Code.MULTIPLE_RESULTS);
    assertThat(response.getEntriesList())
        .extracting(entry -> entry.getStatus().getCode())
        .containsExactly(Code.OK, Code.BAD_REQUEST);
  }

  @Test
  void aRequestWithOneMessageThatIsWrongStoresNone() {
    SendMessageResponse response = client.send(message("fine").build(), message("").build());

    assertThat(response.getStatus().getCode()).isEqualTo(Code.MESSAGE_BODY_EMPTY);
    assertThat(response.getEntriesList()).isEmpty();
    assertThat(stored()).isEmpty();
  }

  @Test
  void aRequestWithOneMessageThatTheMessageSystemCouldNotStoreStoresNone() {
    SendMessageResponse response =
        client.send(
            message("fine").build(), message("not").putUserProperties("KEYS", "reserved").build());

    assertThat(response.getStatus().getCode()).isEqualTo(Code.ILLEGAL_MESSAGE_PROPERTY_KEY);
    assertThat(stored()).isEmpty();
  }

  @Test
  void aRequestIsAboutOneTopic() {
    SendMessageResponse response =
        client.send(message("a").build(), message("b").setTopic(resource("invoices")).build());

    assertThat(response.getStatus().getCode()).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(response.getStatus().getMessage()).contains("invoices", TOPIC);
    assertThat(stored()).isEmpty();
  }

  @Test
  void aRequestHasOneTo1024Messages() {
    assertThat(client.send().getStatus().getCode()).isEqualTo(Code.BAD_REQUEST);
    assertThat(sendCopies(1025).getStatus().getCode()).isEqualTo(Code.BAD_REQUEST);
    assertThat(sendCopies(1024).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(stored()).hasSize(1024);
  }

  @Test
  void failuresOfTheMessageSystemAreTold() {
    server
        .backend()
        .faults()
        .failNext(
            Operation.SEND, GatewayException.notFound(GatewayException.Subject.TOPIC, "no topic"));
    server.backend().faults().failNext(Operation.SEND, GatewayException.overloaded("too much"));

    assertThat(client.send(message("a").build()).getStatus().getCode())
        .isEqualTo(Code.TOPIC_NOT_FOUND);
    assertThat(client.send(message("a").build()).getStatus().getCode())
        .isEqualTo(Code.TOO_MANY_REQUESTS);
  }

  private SendMessageResponse sendCopies(int count) {
    return client
        .stub()
        .sendMessage(
            SendMessageRequest.newBuilder()
                .addAllMessages(Collections.nCopies(count, message("x").build()))
                .build());
  }

  private List<OutboundMessage> stored() {
    return server.backend().stored(FrontendServer.ADDRESS, TOPIC).stream()
        .flatMap(List::stream)
        .toList();
  }
}
