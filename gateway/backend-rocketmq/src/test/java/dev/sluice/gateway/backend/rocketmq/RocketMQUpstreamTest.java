package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.Messages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is RocketMQ's own behind the contract, on a real broker. */
class RocketMQUpstreamTest {
  private static final Subscription.Start EARLIEST = new Subscription.Start.Earliest();

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private UpstreamFixture fixture;

  @BeforeEach
  void start() {
    fixture = UpstreamFixture.start(LOOPS, SharedEngine.rocketmq5().nameServerAddress());
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void capabilitiesAreTheBrokers() {
    assertThat(fixture.capabilities.kind()).isEqualTo("RocketMQ 5.5.0");
    assertThat(fixture.capabilities.handlesAreLocal()).isFalse();
    assertThat(fixture.capabilities.exactDelay()).isTrue();
    assertThat(fixture.capabilities.createsTopicsOnSend()).isTrue();
    assertThat(fixture.capabilities.maxBodyBytes()).isEqualTo(4 << 20);
  }

  @Test
  void topologyTellsWhatTopicsTakeAndTopicsLeaveOutTheSystems() {
    String fifo = fixture.newTopic(2, MessageKind.FIFO);
    String created = TopicNames.unique("created-by-sending");
    assertThat(fixture.send(Messages.plain(created, "x"))).hasSize(1);

    assertThat(topology(fifo).accepts()).containsExactly(MessageKind.FIFO);
    // Brokers tell name servers of such topics a moment later.
    await()
        .atMost(UpstreamFixture.PATIENCE)
        .ignoreExceptionsMatching(e -> true)
        .until(
            () -> topology(created).accepts(),
            accepts ->
                accepts.containsAll(
                    Set.of(MessageKind.NORMAL, MessageKind.FIFO, MessageKind.DELAY)));
    List<String> topics = UpstreamFixture.get(fixture.upstream::topics);
    assertThat(topics)
        .contains(fifo, created)
        .doesNotContain("TBW102", "SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC")
        .noneMatch(topic -> topic.startsWith("%") || topic.startsWith("rmq_sys_"));
  }

  @Test
  void missingTopicSaysHowToMakeIt() {
    GatewayException failure =
        UpstreamFixture.<Topology>outcome(done -> fixture.upstream.topology("not-there", done))
            .failure(UpstreamFixture.PATIENCE);
    assertThat(failure.subject()).isEqualTo(GatewayException.Subject.TOPIC);
    assertThat(failure)
        .hasMessage(
            "topic: 'not-there' does not exist (expected: an existing topic;"
                + " `sluice topic create not-there` makes it)");
  }

  @Test
  void emptyBodyIsRefused() {
    GatewayException failure =
        UpstreamFixture.<List<SendReceipt>>outcome(
                done ->
                    fixture.upstream.send(
                        List.of(Messages.plain("any", "")), UpstreamFixture.PATIENCE, done))
            .failure(UpstreamFixture.PATIENCE);
    assertThat(failure.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure.subject()).isEqualTo(GatewayException.Subject.BODY);
    assertThat(failure).hasMessage("body: 0 bytes (expected: 1 to 4194304)");
  }

  @Test
  void largestBodyIsStoredAlone() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, EARLIEST);
    String body = "x".repeat(fixture.capabilities.maxBodyBytes());

    assertThat(fixture.send(Messages.plain(topic, body))).hasSize(1);

    assertThat(fixture.receive(topic, group, 1).getFirst().body().remaining())
        .isEqualTo(body.length());
  }

  @Test
  void idsAreMadeInTheFormOfTheV2Protocol() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    List<SendReceipt> receipts =
        fixture.send(Messages.plain(topic, "a"), Messages.plain(topic, "b"));
    assertThat(receipts).extracting(SendReceipt::messageId).doesNotHaveDuplicates();
    assertThat(receipts).allMatch(receipt -> receipt.messageId().matches("01[0-9A-F]{32}"));
  }

  @Test
  void membersOfABatchKeepTheirOwnBornTimes() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, EARLIEST);
    long now = System.currentTimeMillis();
    assertThat(fixture.send(born(topic, now), born(topic, now - 1000), born(topic, now - 2000)))
        .hasSize(3);

    assertThat(fixture.receive(topic, group, 3))
        .extracting(Delivery::bornAt)
        .containsExactlyInAnyOrder(now, now - 1000, now - 2000);
  }

  @Test
  void gzipBodyComesOutAsItWentIn() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, EARLIEST);
    byte[] compressed = gzip("hello ".repeat(100));
    var message =
        new OutboundMessage(
            topic,
            null,
            ByteBuffer.wrap(compressed).asReadOnlyBuffer(),
            BodyEncoding.GZIP,
            null,
            List.of(),
            null,
            Map.of(),
            0,
            "",
            Schedule.NOW);
    assertThat(fixture.send(message)).hasSize(1);

    Delivery delivery = fixture.receive(topic, group, 1).getFirst();
    assertThat(delivery.encoding()).isEqualTo(BodyEncoding.GZIP);
    assertThat(delivery.body()).isEqualTo(ByteBuffer.wrap(compressed));
  }

  @Test
  void deliveryTimeIsKeptToTheSecond() {
    String topic = fixture.newTopic(1, MessageKind.DELAY);
    String group = fixture.newGroup(topic, EARLIEST);
    long at = System.currentTimeMillis() + 3000;
    assertThat(fixture.send(Messages.scheduled(topic, "later", new Schedule.At(at)))).hasSize(1);

    Delivery delivery = fixture.receive(topic, group, 1).getFirst();

    assertThat(Messages.text(delivery)).isEqualTo("later");
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(at - 1000);
  }

  @Test
  void deliveryTimeBeyondTheBrokersIsRefused() {
    String topic = fixture.newTopic(1, MessageKind.DELAY);
    long at = System.currentTimeMillis() + Duration.ofDays(30).toMillis();
    GatewayException failure =
        UpstreamFixture.<List<SendReceipt>>outcome(
                done ->
                    fixture.upstream.send(
                        List.of(Messages.scheduled(topic, "x", new Schedule.At(at))),
                        UpstreamFixture.PATIENCE,
                        done))
            .failure(UpstreamFixture.PATIENCE);
    assertThat(failure.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(failure.subject()).isEqualTo(GatewayException.Subject.DELIVERY_TIME);
  }

  @Test
  void nameServersThatAreNoneAreRefused() {
    for (String endpoint : List.of("", "nowhere", "host:port", "host:99999")) {
      assertThatThrownBy(
              () -> LOOPS.backend().connect(new UpstreamSpec(endpoint, "", Credentials.NONE)))
          .isInstanceOfSatisfying(
              GatewayException.class,
              e -> {
                assertThat(e.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
                assertThat(e.subject()).isEqualTo(GatewayException.Subject.ENDPOINT);
              });
    }
  }

  @Test
  void halfACredentialIsRefused() {
    assertThatThrownBy(
            () ->
                LOOPS
                    .backend()
                    .connect(new UpstreamSpec("host:1", "", new Credentials("access", ""))))
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.UNAUTHENTICATED));
  }

  private Topology topology(String topic) {
    return UpstreamFixture.get(done -> fixture.upstream.topology(topic, done));
  }

  private static OutboundMessage born(String topic, long bornAt) {
    return new OutboundMessage(
        topic,
        null,
        ByteBuffer.wrap(new byte[] {1}).asReadOnlyBuffer(),
        BodyEncoding.IDENTITY,
        null,
        List.of(),
        null,
        Map.of(),
        bornAt,
        "",
        Schedule.NOW);
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
