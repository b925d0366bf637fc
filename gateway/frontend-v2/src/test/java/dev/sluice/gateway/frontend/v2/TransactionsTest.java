package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.DigestType;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.EndTransactionRequest;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.RecoverOrphanedTransactionCommand;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SendMessageResponse;
import dev.sluice.gateway.proto.v2.SendResultEntry;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.proto.v2.TransactionResolution;
import dev.sluice.gateway.proto.v2.TransactionSource;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages that are delivered when their transaction is committed, and who is asked about it. */
class TransactionsTest {

  private static final Duration SOON = Duration.ofSeconds(1);

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
  void aMessageIsDeliveredWhenItsTransactionIsCommittedAndNotBefore() {
    SendResultEntry kept = begin("kept");
    SendResultEntry dropped = begin("dropped");
    assertThat(received(Duration.ZERO)).isEmpty();

    assertThat(end(dropped.getTransactionId(), TransactionResolution.ROLLBACK)).isEqualTo(Code.OK);
    assertThat(end(kept.getTransactionId(), TransactionResolution.COMMIT)).isEqualTo(Code.OK);

    List<Message> received = received(Duration.ofSeconds(15));
    assertThat(received)
        .extracting(message -> message.getSystemProperties().getMessageId())
        .containsExactly(kept.getMessageId());
    assertThat(received(Duration.ZERO)).isEmpty();
  }

  @Test
  void anyConnectionMayEndIt() throws Exception {
    SendResultEntry begun = begin("a");
    V2Client other = V2Client.of(server, "other");
    server.disconnect(client.connection());

    assertThat(
            other
                .stub()
                .endTransaction(ending(begun.getTransactionId(), TransactionResolution.COMMIT))
                .getStatus()
                .getCode())
        .isEqualTo(Code.OK);
    client = other;
    assertThat(received(Duration.ofSeconds(15))).hasSize(1);
  }

  @Test
  void severalInOneRequestHaveTransactionsOfTheirOwn() {
    List<SendResultEntry> entries =
        client
            .send(
                half("a", SystemProperties.newBuilder()), half("b", SystemProperties.newBuilder()))
            .getEntriesList();

    assertThat(end(entries.get(1).getTransactionId(), TransactionResolution.COMMIT))
        .isEqualTo(Code.OK);

    assertThat(received(Duration.ofSeconds(15)))
        .extracting(message -> message.getBody().toStringUtf8())
        .containsExactly("b");
  }

  @Test
  void idsThatDoNotOpenAreInvalid() {
    assertThat(end("", TransactionResolution.COMMIT)).isEqualTo(Code.INVALID_TRANSACTION_ID);
    assertThat(end(" ", TransactionResolution.COMMIT)).isEqualTo(Code.INVALID_TRANSACTION_ID);
    assertThat(end("garbage", TransactionResolution.COMMIT)).isEqualTo(Code.INVALID_TRANSACTION_ID);
    String id = begin("a").getTransactionId();
    assertThat(end(id.substring(1), TransactionResolution.COMMIT))
        .isEqualTo(Code.INVALID_TRANSACTION_ID);
    assertThat(end("x".repeat(20_000), TransactionResolution.COMMIT))
        .isEqualTo(Code.INVALID_TRANSACTION_ID);
  }

  @Test
  void whatIsEndedCannotBeEndedInAnotherWay() {
    String id = begin("a").getTransactionId();
    end(id, TransactionResolution.ROLLBACK);

    assertThat(end(id, TransactionResolution.ROLLBACK)).isEqualTo(Code.OK);
    assertThat(end(id, TransactionResolution.COMMIT)).isEqualTo(Code.PRECONDITION_FAILED);
    assertThat(received(Duration.ZERO)).isEmpty();
  }

  @Test
  void aResolutionThatIsNotKnownYetEndsNothing() {
    String id = begin("a").getTransactionId();

    assertThat(end(id, TransactionResolution.TRANSACTION_RESOLUTION_UNSPECIFIED))
        .isEqualTo(Code.OK);
    assertThat(end(id, TransactionResolution.COMMIT)).isEqualTo(Code.OK);

    assertThat(received(Duration.ofSeconds(15))).hasSize(1);
  }

  @Test
  void endsThatMakeNoSenseAreRefused() {
    String id = begin("a").getTransactionId();

    assertThat(endCode(ending(id, TransactionResolution.COMMIT).toBuilder().setResolutionValue(9)))
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(
            endCode(ending(id, TransactionResolution.COMMIT).toBuilder().setTopic(resource("a b"))))
        .isEqualTo(Code.ILLEGAL_TOPIC);
    server.backend().faults().failNext(Operation.END, GatewayException.unavailable("gone", null));
    assertThat(end(id, TransactionResolution.COMMIT)).isEqualTo(Code.HA_NOT_AVAILABLE);
    assertThat(end(id, TransactionResolution.COMMIT)).isEqualTo(Code.OK);
  }

  @Test
  void aFailureToStoreIsTold() {
    server.backend().faults().failNext(Operation.BEGIN, GatewayException.unavailable("gone", null));

    SendMessageResponse answer = client.send(half("a", SystemProperties.newBuilder()));

    assertThat(answer.getStatus().getCode()).isEqualTo(Code.HA_NOT_AVAILABLE);
    assertThat(answer.getEntriesList()).isEmpty();
  }

  @Test
  void anOrphanIsAskedForWithAllThatWasSent() throws Exception {
    // given
    V2Client crashed = V2Client.of(server, "crashed");
    Message sent =
        half(
                "body",
                SystemProperties.newBuilder()
                    .setTag("created")
                    .addKeys("order-1")
                    .addKeys("order-2")
                    .setBodyEncoding(Encoding.GZIP)
                    .setBornTimestamp(Times.timestamp(1_700_000_000_123L))
                    .setBornHost("host-7")
                    .setOrphanedTransactionRecoveryDuration(Times.duration(SOON.toMillis())))
            .toBuilder()
            .putUserProperties("colour", "blue")
            .build();
    crashed.sendOk(sent);
    server.disconnect(crashed.connection());

    // when
    Telemetry producer = Telemetry.open(client);
    producer.tell(publishing(resource(TOPIC)));
    RecoverOrphanedTransactionCommand asked = orphan(producer);

    // then
    SystemProperties system = asked.getMessage().getSystemProperties();
    assertThat(asked.getMessage().getTopic()).isEqualTo(resource(TOPIC));
    assertThat(asked.getMessage().getBody().toStringUtf8()).isEqualTo("body");
    assertThat(asked.getMessage().getUserPropertiesMap()).containsOnlyKeys("colour");
    assertThat(system.getMessageId()).isEqualTo(sent.getSystemProperties().getMessageId());
    assertThat(system.getTag()).isEqualTo("created");
    assertThat(system.getKeysList()).containsExactly("order-1", "order-2");
    assertThat(system.getMessageType()).isEqualTo(MessageType.TRANSACTION);
    assertThat(system.getBodyEncoding()).isEqualTo(Encoding.GZIP);
    assertThat(system.getBornTimestamp()).isEqualTo(Times.timestamp(1_700_000_000_123L));
    assertThat(system.getBornHost()).isEqualTo("host-7");
    assertThat(system.getBodyDigest().getType()).isEqualTo(DigestType.MD5);
    assertThat(system.getBodyDigest().getChecksum()).isEqualTo("841A2D689AD86BD1611447453C22C6FC");
    assertThat(
            endCode(
                ending(asked.getTransactionId(), TransactionResolution.COMMIT).toBuilder()
                    .setSource(TransactionSource.SOURCE_SERVER_CHECK)))
        .isEqualTo(Code.OK);
    assertThat(received(Duration.ofSeconds(15))).hasSize(1);
  }

  @Test
  void aProducerThatDoesNotNameTheTopicIsAskedOnceItHasBegunATransaction() throws Exception {
    Telemetry producer = Telemetry.open(client);
    producer.tell(publishing());

    SendResultEntry begun = begin("a", SOON);

    assertThat(orphan(producer).getMessage().getSystemProperties().getMessageId())
        .isEqualTo(begun.getMessageId());
    // and settings told again, which do not name it either, do not change that
    producer.tell(publishing(resource("invoices")));
    assertThat(orphan(producer).getMessage().getSystemProperties().getMessageId())
        .isEqualTo(begun.getMessageId());
  }

  @Test
  void aProducerOfAnotherTopicIsNotAsked() throws Exception {
    Telemetry invoices = Telemetry.open(V2Client.of(server, "invoices"));
    invoices.tell(publishing(resource("invoices")));
    begin("a", SOON);
    await()
        .until(() -> server.gateway().metrics().value(Counter.TRANSACTION_CHECKS_UNANSWERED) > 0);

    invoices.tell(publishing(resource("invoices"), resource(TOPIC)));

    assertThat(orphan(invoices).getMessage().getTopic()).isEqualTo(resource(TOPIC));
  }

  @Test
  void topicsOfANamespaceComeBackAsTheyWereNamed() throws Exception {
    Resource topic = resource(TOPIC).toBuilder().setResourceNamespace("shop").build();
    Telemetry producer = Telemetry.open(client);
    producer.tell(publishing(topic));

    client.sendOk(half("a", orphanedAfter(SOON)).toBuilder().setTopic(topic).build());

    assertThat(orphan(producer).getMessage().getTopic()).isEqualTo(topic);
  }

  @Test
  void theChecksEndWithTheStream() throws Exception {
    Telemetry producer = Telemetry.open(client);
    producer.tell(publishing(resource(TOPIC)));
    assertThat(checkers()).isEqualTo(1);
    producer.tell(publishing(resource(TOPIC), resource("invoices")));
    await().until(() -> checkers() == 1);

    producer.complete();

    producer.end();
    await().until(() -> checkers() == 0);
  }

  @Test
  void checksThatAnUpstreamEndedBeginAnewWithTheNextHeartbeat() throws Exception {
    server.stop();
    server = V2Client.server();
    client = V2Client.of(server, "producer");
    server.backend().faults().failNext(Operation.START, GatewayException.unavailable("gone", null));
    Telemetry producer = Telemetry.open(client);
    producer.tell(publishing(resource(TOPIC)));
    await().until(() -> checkers() == 0);

    assertThat(client.stub().heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode())
        .isEqualTo(Code.OK);

    await().until(() -> checkers() == 1);
    begin("a", SOON);
    assertThat(orphan(producer).getMessage().getBody().toStringUtf8()).isEqualTo("a");
  }

  @Test
  void theTimeUntilTheFirstQuestionIsUpToAnHour() {
    Duration hour = Duration.ofHours(1);

    assertThat(sent(orphanedAfter(hour))).isEqualTo(Code.OK);
    assertThat(sent(orphanedAfter(Duration.ZERO))).isEqualTo(Code.OK);
    assertThat(sent(orphanedAfter(hour.plusMillis(1)))).isEqualTo(Code.BAD_REQUEST);
    assertThat(sent(orphanedAfter(Duration.ofMillis(-1)))).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void aTransactionIsNeitherOrderedNorDelayed() {
    assertThat(sent(SystemProperties.newBuilder().setMessageGroup("g")))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
    assertThat(
            sent(
                SystemProperties.newBuilder()
                    .setDeliveryTimestamp(Times.timestamp(System.currentTimeMillis() + 60_000))))
        .isEqualTo(Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
  }

  private SendResultEntry begin(String body) {
    return begin(body, Duration.ofHours(1));
  }

  private SendResultEntry begin(String body, Duration orphanedAfter) {
    SendResultEntry entry = client.send(half(body, orphanedAfter(orphanedAfter))).getEntries(0);
    assertThat(entry.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(entry.getTransactionId()).isNotEmpty();
    return entry;
  }

  private static Message half(String body, SystemProperties.Builder properties) {
    return message(body, properties.setMessageType(MessageType.TRANSACTION)).toBuilder()
        .setBody(ByteString.copyFromUtf8(body))
        .build();
  }

  private static SystemProperties.Builder orphanedAfter(Duration time) {
    return SystemProperties.newBuilder()
        .setOrphanedTransactionRecoveryDuration(
            com.google.protobuf.Duration.newBuilder()
                .setSeconds(time.getSeconds())
                .setNanos(time.getNano()));
  }

  private Code sent(SystemProperties.Builder properties) {
    return client.send(half("b", properties)).getStatus().getCode();
  }

  private static EndTransactionRequest ending(String id, TransactionResolution resolution) {
    return EndTransactionRequest.newBuilder()
        .setTopic(resource(TOPIC))
        .setMessageId("M")
        .setTransactionId(id)
        .setResolution(resolution)
        .setSource(TransactionSource.SOURCE_CLIENT)
        .build();
  }

  private Code end(String id, TransactionResolution resolution) {
    return endCode(ending(id, resolution).toBuilder());
  }

  private Code endCode(EndTransactionRequest.Builder request) {
    return client.stub().endTransaction(request.build()).getStatus().getCode();
  }

  private List<Message> received(Duration wait) {
    return client.messages(receive().setLongPollingTimeout(Times.duration(wait.toMillis())));
  }

  private static Settings publishing(Resource... topics) {
    return Settings.newBuilder()
        .setClientType(ClientType.PRODUCER)
        .setPublishing(Publishing.newBuilder().addAllTopics(List.of(topics)))
        .build();
  }

  private static RecoverOrphanedTransactionCommand orphan(Telemetry producer) throws Exception {
    return producer
        .next(command -> command.hasRecoverOrphanedTransactionCommand())
        .getRecoverOrphanedTransactionCommand();
  }

  private long checkers() {
    return server.ledger().open(ResourceKinds.CHECKER);
  }
}
