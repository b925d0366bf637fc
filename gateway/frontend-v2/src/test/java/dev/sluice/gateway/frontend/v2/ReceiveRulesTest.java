package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static dev.sluice.gateway.frontend.v2.V2Client.soon;
import static dev.sluice.gateway.frontend.v2.V2Client.tags;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a receive may ask for, and what is refused. */
@Timeout(60)
class ReceiveRulesTest {

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

  @ParameterizedTest
  @ValueSource(strings = {"a|b", "a||", "||", "a||*"})
  void tagsAreSeparatedByTwoBars(String expression) {
    assertThat(client.codeOf(receive().setFilterExpression(tags(expression))))
        .isEqualTo(Code.ILLEGAL_FILTER_EXPRESSION);
  }

  @Test
  void aFilterIsOfAKnownTypeAndHasAtMost1024Characters() {
    assertThat(client.codeOf(receive().setFilterExpression(tags("t".repeat(1025)))))
        .isEqualTo(Code.ILLEGAL_FILTER_EXPRESSION);
    assertThat(client.codeOf(soon().setFilterExpression(tags("t".repeat(1024)))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(
            client.codeOf(
                receive()
                    .setFilterExpression(
                        tags("t").toBuilder().setTypeValue(FilterType.SQL_VALUE + 7))))
        .isEqualTo(Code.ILLEGAL_FILTER_EXPRESSION);
  }

  @Test
  void aMessageIsHiddenFor10SecondsTo12Hours() {
    assertThat(client.codeOf(soon().setInvisibleDuration(Times.duration(9_999))))
        .isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(client.codeOf(soon().setInvisibleDuration(Times.duration(10_000))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(client.codeOf(soon().setInvisibleDuration(Times.duration(12 * 3_600_000))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(client.codeOf(soon().setInvisibleDuration(Times.duration(12 * 3_600_000 + 1))))
        .isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(
            client.codeOf(
                soon().setInvisibleDuration(Duration.newBuilder().setSeconds(Long.MAX_VALUE))))
        .isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(client.codeOf(soon().clearInvisibleDuration()))
        .isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(client.codeOf(soon().clearInvisibleDuration().setAutoRenew(true)))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
  }

  @Test
  void anAnswerHasAtMost32MessagesHoweverManyAreAskedFor() {
    Message[] many = new Message[40];
    for (int i = 0; i < many.length; i++) {
      many[i] = message("m" + i).build();
    }
    client.sendOk(many);

    assertThat(client.codeOf(soon().setBatchSize(0))).isEqualTo(Code.BAD_REQUEST);
    assertThat(client.codeOf(soon().setBatchSize(-1))).isEqualTo(Code.BAD_REQUEST);
    assertThat(client.messages(receive().setBatchSize(3))).hasSize(3);
    assertThat(client.messages(receive().setBatchSize(1000))).hasSize(32);
    assertThat(client.messages(receive().setBatchSize(32))).hasSize(5);
  }

  @Test
  void aDeadlineWithoutTimeForAnAnswerIsRefused() {
    var stub = client.within(450);

    assertThat(stub.receiveMessage(receive().build()).next().getStatus().getCode())
        .isEqualTo(Code.ILLEGAL_POLLING_TIME);
  }

  @Test
  void topicAndGroupAreChecked() {
    ReceiveMessageRequest.Builder missing = receive();
    missing.getMessageQueueBuilder().setTopic(resource("missing"));
    ReceiveMessageRequest.Builder illegal = receive();
    illegal.getMessageQueueBuilder().setTopic(resource("a b"));

    assertThat(client.codeOf(missing)).isEqualTo(Code.TOPIC_NOT_FOUND);
    assertThat(client.codeOf(illegal)).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(client.codeOf(receive().setGroup(resource(""))))
        .isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(client.codeOf(receive().setGroup(resource("g".repeat(121)))))
        .isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(client.codeOf(soon().setGroup(resource("g".repeat(120)))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
  }

  @Test
  void aBrokerThatIsNotThereIsToldAsThat() {
    assertThat(client.codeOf(receive().setMessageQueue(at("elsewhere"))))
        .isEqualTo(Code.HA_NOT_AVAILABLE);
    assertThat(client.codeOf(receive().setMessageQueue(at("n".repeat(256)))))
        .isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void anAttemptIdHasAtMost255Characters() {
    assertThat(client.codeOf(soon().setAttemptId("a".repeat(255))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(client.codeOf(soon().setAttemptId("a".repeat(256)))).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void aGroupThatIsNotThereIsToldAsThat() {
    server
        .backend()
        .faults()
        .failNext(
            Operation.GROUP,
            GatewayException.notFound(GatewayException.Subject.GROUP, "group: none"));

    assertThat(client.codeOf(receive().setGroup(resource("missing"))))
        .isEqualTo(Code.CONSUMER_GROUP_NOT_FOUND);
  }

  private static MessageQueue at(String broker) {
    return MessageQueue.newBuilder()
        .setTopic(resource(TOPIC))
        .setId(-1)
        .setBroker(Broker.newBuilder().setName(broker))
        .build();
  }
}
