package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SendMessageResponse;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages are of a kind that their topic takes. */
class TopicKindsTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "producer");
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @ParameterizedTest
  @EnumSource
  void aTopicTakesWhatIsOfItsKindAlone(MessageKind kind) {
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC, kind);

    for (MessageKind sent : MessageKind.values()) {
      SendMessageResponse response = client.send(of(sent).build());

      assertThat(response.getStatus().getCode())
          .as("%s to %s: %s", sent, kind, response.getStatus().getMessage())
          .isEqualTo(sent == kind ? Code.OK : Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
      if (sent != kind) {
        assertThat(response.getEntriesList()).isEmpty();
        assertThat(response.getStatus().getMessage())
            .contains("is " + sent + " (expected: " + kind + ", which topic orders takes)");
      }
    }
  }

  @Test
  void aTopicWithoutAKindTakesAll() {
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);

    for (MessageKind sent : MessageKind.values()) {
      assertThat(client.send(of(sent).build()).getStatus().getCode())
          .as("%s", sent)
          .isEqualTo(Code.OK);
    }
  }

  @Test
  void oneOfAnotherKindHasTheWholeRequestRefused() {
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC, MessageKind.NORMAL);

    SendMessageResponse response =
        client.send(of(MessageKind.NORMAL).build(), of(MessageKind.FIFO).build());

    assertThat(response.getStatus().getCode()).isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
    assertThat(server.backend().stored(FrontendServer.ADDRESS, TOPIC)).allMatch(List::isEmpty);
  }

  @Test
  void whereNothingCanBeKnownTheSendDecides() {
    server
        .backend()
        .faults()
        .failNext(Operation.TOPOLOGY, GatewayException.unavailable("gone", null));
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC, MessageKind.NORMAL);

    assertThat(client.send(of(MessageKind.FIFO).build()).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(client.send(of(MessageKind.FIFO).build()).getStatus().getCode())
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
  }

  @Test
  void whatIsKnownIsNotAskedForAgain() {
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.sendOk(of(MessageKind.NORMAL).build());
    int asked = server.backend().faults().calls(Operation.TOPOLOGY);

    for (int i = 0; i < 10; i++) {
      client.sendOk(of(MessageKind.NORMAL).build());
    }

    assertThat(server.backend().faults().calls(Operation.TOPOLOGY)).isEqualTo(asked);
  }

  @Test
  void messagesKeepTheirOrderWhileTheirTopicIsAskedFor() {
    // given a connection, without which calls overtake each other at the caller
    assertThat(client.stub().heartbeat(HeartbeatRequest.getDefaultInstance()).hasStatus()).isTrue();
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC, MessageKind.FIFO);
    server.backend().faults().hold(Operation.TOPOLOGY);
    var answered = Collections.synchronizedList(new ArrayList<Code>());
    var stub = MessagingServiceGrpc.newStub(client.channel());

    // when
    for (int i = 0; i < 20; i++) {
      stub.sendMessage(
          SendMessageRequest.newBuilder()
              .addMessages(
                  message(
                      "m" + i,
                      SystemProperties.newBuilder()
                          .setMessageType(MessageType.FIFO)
                          .setMessageGroup("g")))
              .build(),
          new Answers(answered));
    }
    await().until(() -> server.backend().faults().holding(Operation.TOPOLOGY) == 1);
    server.backend().faults().release(Operation.TOPOLOGY);

    // then
    await().until(() -> answered.size() == 20);
    assertThat(answered).containsOnly(Code.OK);
    assertThat(
            server.backend().stored(FrontendServer.ADDRESS, TOPIC).stream().flatMap(List::stream))
        .extracting(stored -> ByteString.copyFrom(stored.body()).toStringUtf8())
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> "m" + i).toList());
  }

  private static Message.Builder of(MessageKind kind) {
    Message.Builder message = message("body");
    SystemProperties.Builder system = message.getSystemPropertiesBuilder();
    system.setMessageType(MessageType.valueOf(kind.name()));
    switch (kind) {
      case NORMAL, TRANSACTION -> {}
      case FIFO -> system.setMessageGroup("g");
      case DELAY ->
          system.setDeliveryTimestamp(Times.timestamp(System.currentTimeMillis() + 60_000));
      case PRIORITY -> system.setPriority(3);
      case LITE -> system.setLiteTopic("l");
    }
    return message.setTopic(resource(TOPIC));
  }

  private record Answers(List<Code> codes) implements StreamObserver<SendMessageResponse> {
    @Override
    public void onNext(SendMessageResponse response) {
      codes.add(response.getStatus().getCode());
    }

    @Override
    public void onError(Throwable failure) {
      codes.add(Code.UNRECOGNIZED);
    }

    @Override
    public void onCompleted() {}
  }
}
