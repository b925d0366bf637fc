package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.HealthCheckRequest;
import dev.sluice.gateway.proto.proxy.HealthCheckResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Producers and consumers: how they come to be, what is refused, and how they end. */
class SessionsTest {

  private ProxyServer server;
  private Caller caller;

  @BeforeEach
  void start() throws Exception {
    server = ProxyServer.start();
    caller = new Caller(server.connect());
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "default", "10.0.0.1:9876", "http://10.0.0.1:9876", "memory://10.0.0.1"})
  void theConfiguredUpstreamHasManyNames(String endpoint) {
    // when
    CreateProducerResponse created =
        caller
            .stub()
            .createProducer(
                CreateProducerRequest.newBuilder().setEndpoint(endpoint).setTopic("t").build());

    // then
    assertThat(created.getMessage()).isEmpty();
    assertThat(created.getSuccess()).isTrue();
    assertThat(created.getFailureCode()).isEqualTo(FailureCode.OK);
    assertThat(created.getProducerId()).isNotEmpty();
    assertThat(server.backend.openUpstreams()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "10.0.0.3:9876; PERMISSION_DENIED; 10.0.0.3:9876 is not allowed",
        "kafka://10.0.0.1:9092; INVALID_ARGUMENT; kafka://",
        "10.0.0.1:99999; INVALID_ARGUMENT; 99999",
      })
  void endpointsThatMustNotOrCannotBeReachedAreRefused(
      String endpoint, FailureCode code, String text) {
    CreateProducerResponse producer =
        caller
            .stub()
            .createProducer(
                CreateProducerRequest.newBuilder().setEndpoint(endpoint).setTopic("t").build());
    CreateConsumerResponse consumer =
        caller
            .stub()
            .createConsumer(
                CreateConsumerRequest.newBuilder()
                    .setEndpoint(endpoint)
                    .setTopic("t")
                    .setGroupId("g")
                    .build());

    assertThat(producer.getSuccess()).isFalse();
    assertThat(producer.getProducerId()).isEmpty();
    assertThat(producer.getFailureCode()).isEqualTo(code);
    assertThat(producer.getMessage()).startsWith("endpoint: ").contains(text);
    assertThat(consumer.getSuccess()).isFalse();
    assertThat(consumer.getFailureCode()).isEqualTo(code);
    assertThat(consumer.getMessage()).isEqualTo(producer.getMessage());
  }

  @Test
  void anEmptyTopicAndAnEmptyGroupAreRefusedByName() {
    CreateProducerResponse producer =
        caller.stub().createProducer(CreateProducerRequest.getDefaultInstance());
    CreateConsumerResponse noTopic =
        caller.stub().createConsumer(CreateConsumerRequest.newBuilder().setGroupId("g").build());
    CreateConsumerResponse noGroup =
        caller.stub().createConsumer(CreateConsumerRequest.newBuilder().setTopic("t").build());

    assertThat(producer.getSuccess()).isFalse();
    assertThat(producer.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(producer.getMessage()).startsWith("topic: ").contains("expected: ");
    assertThat(noTopic.getSuccess()).isFalse();
    assertThat(noTopic.getMessage()).startsWith("topic: ").contains("expected: ");
    assertThat(noGroup.getSuccess()).isFalse();
    assertThat(noGroup.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(noGroup.getMessage()).startsWith("group").contains("expected: ");
  }

  @Test
  void aMessageSystemThatIsDownIsNamedInTheAnswer() {
    server
        .backend
        .faults()
        .failNext(Operation.START, GatewayException.unavailable("10.0.0.1:9876: refused", null));

    CreateProducerResponse created =
        caller.stub().createProducer(CreateProducerRequest.newBuilder().setTopic("t").build());

    assertThat(created.getSuccess()).isFalse();
    assertThat(created.getFailureCode()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(created.getMessage()).contains("10.0.0.1:9876: refused");
  }

  static Stream<Arguments> brokenConsumers() {
    return Stream.of(
        Arguments.of(
            CreateConsumerRequest.newBuilder().setTagExpression("a|b"),
            "tag_expression: \"a|b\" (expected: \"*\", or tags separated by \"||\")"),
        Arguments.of(
            CreateConsumerRequest.newBuilder().setStartPosition(StartPosition.TIMESTAMP),
            "start_timestamp: 0 (expected: milliseconds since the epoch, with start_position"
                + " TIMESTAMP)"),
        Arguments.of(
            CreateConsumerRequest.newBuilder()
                .setStartPosition(StartPosition.TIMESTAMP)
                .setStartTimestamp(-1),
            "start_timestamp: -1 (expected: milliseconds since the epoch, with start_position"
                + " TIMESTAMP)"),
        Arguments.of(
            CreateConsumerRequest.newBuilder().setStartTimestamp(5),
            "start_timestamp: 5 (expected: only with start_position TIMESTAMP)"),
        Arguments.of(
            CreateConsumerRequest.newBuilder().setStartPositionValue(7),
            "start_position: 7 (expected: LATEST, EARLIEST or TIMESTAMP)"));
  }

  @ParameterizedTest
  @MethodSource("brokenConsumers")
  void aConsumerThatMakesNoSenseIsRefused(CreateConsumerRequest.Builder request, String text) {
    CreateConsumerResponse created =
        caller.stub().createConsumer(request.setTopic("t").setGroupId("g").build());

    assertThat(created.getSuccess()).isFalse();
    assertThat(created.getConsumerId()).isEmpty();
    assertThat(created.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(created.getMessage()).isEqualTo(text);
  }

  @Test
  void sessionsEndWithTheirConnectionAndTheirIdsWorkOn() throws Exception {
    // given
    String producer = caller.producer("t");
    caller.send(producer, "so that there is the topic");
    String consumer = caller.consumer("t", "g");
    assertThat(server.ledger.open(ResourceKinds.PRODUCER)).isEqualTo(1);
    assertThat(server.ledger.open(ResourceKinds.CONSUMER)).isEqualTo(1);

    // when
    server.disconnect(caller.channel());

    // then
    await()
        .untilAsserted(
            () -> {
              assertThat(server.ledger.open(ResourceKinds.PRODUCER)).isZero();
              assertThat(server.ledger.open(ResourceKinds.CONSUMER)).isZero();
            });
    Caller another = new Caller(server.connect());
    Inbox inbox = Inbox.reading(another.channel(), consumer);
    another.send(producer, "after the connection");
    assertThat(inbox.next().getMessageBody()).isEqualTo("after the connection");
  }

  @Test
  void healthIsWhatTheProbeTells() {
    HealthCheckResponse well = caller.stub().healthCheck(HealthCheckRequest.getDefaultInstance());
    server.health = new HealthProbe.Health(false, "10.0.0.1:9876 does not answer");
    HealthCheckResponse ill = caller.stub().healthCheck(HealthCheckRequest.getDefaultInstance());

    assertThat(well.getHealthy()).isTrue();
    assertThat(well.getMessage()).isEqualTo("ready");
    assertThat(ill.getHealthy()).isFalse();
    assertThat(ill.getMessage()).isEqualTo("10.0.0.1:9876 does not answer");
  }
}
