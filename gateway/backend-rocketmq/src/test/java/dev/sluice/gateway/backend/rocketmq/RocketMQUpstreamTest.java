package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is RocketMQ's own behind the contract, on a real broker. */
class RocketMQUpstreamTest {
  private static final Subscription.Start EARLIEST = new Subscription.Start.Earliest();
  private static final Duration WAIT = Duration.ofSeconds(10);

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
  void kindsThatRocketMQTopicsDoNotHaveAreUnsupported() {
    GatewayException failure =
        UpstreamFixture.<Void>outcome(
                done -> fixture.upstream.createTopic("lite-topic", 1, MessageKind.LITE, done))
            .failure(UpstreamFixture.PATIENCE);
    assertThat(failure.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
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
  void tagsOfEqualHashAreToldApartAndWhatIsUnwantedDoesNotComeAgain() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, EARLIEST);
    assertThat("Aa").hasSameHashCodeAs("BB");
    assertThat(
            fixture.send(
                Messages.tagged(topic, "unwanted", "Aa"), Messages.tagged(topic, "wanted", "BB")))
        .hasSize(2);

    var filtered =
        new ReceiveRequest(
            topic,
            group,
            new Filter(Filter.Type.TAG, "BB"),
            null,
            false,
            null,
            10,
            WAIT,
            Duration.ofSeconds(2));
    List<Delivery> wanted = fixture.receive(filtered);
    assertThat(wanted).extracting(Messages::text).containsExactly("wanted");
    fixture.ack(group, wanted);

    // Longer than the invisible duration and what a broker takes to show a message again.
    assertThat(fixture.receive(UpstreamFixture.request(topic, group, Duration.ofSeconds(6))))
        .isEmpty();
  }

  @Test
  void attemptsAreCountedOnAndOn() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, EARLIEST);
    assertThat(fixture.send(Messages.plain(topic, "again"))).hasSize(1);
    for (int attempt = 1; attempt <= 3; attempt++) {
      Delivery delivery = fixture.receive(topic, group, 1).getFirst();
      assertThat(delivery.attempt()).isEqualTo(attempt);
      assertThat(delivery.topic()).isEqualTo(topic);
      handBack(topic, group, delivery);
    }
    fixture.ack(group, fixture.receive(topic, group, 1));
  }

  @Test
  void repeatedOrderedReceiveGetsTheSameAgainAndItsAttemptsAreCounted() {
    String topic = fixture.newTopic(1, MessageKind.FIFO);
    String group = fixture.newGroup(topic, EARLIEST);
    for (int i = 0; i < 2; i++) {
      assertThat(fixture.send(Messages.keyed(topic, "m" + i, "key"))).hasSize(1);
    }
    Delivery first = fixture.receive(ordered(topic, group, null, "one", 1)).getFirst();
    Delivery same = fixture.receive(ordered(topic, group, null, "one", 1)).getFirst();
    assertThat(same.messageId()).isEqualTo(first.messageId());
    assertThat(same.shardingKey()).isEqualTo("key");

    handBack(topic, group, same);
    Delivery again = fixture.receive(ordered(topic, group, null, "two", 1)).getFirst();
    assertThat(again.messageId()).isEqualTo(first.messageId());
    assertThat(again.attempt()).isGreaterThan(1);
    fixture.ack(group, List.of(again));
    assertThat(fixture.receive(ordered(topic, group, null, "three", 1)))
        .extracting(Messages::text)
        .containsExactly("m1");
  }

  @Test
  void orderedReceiveOfAQueueGetsThatQueuesMessagesInTheirOrder() {
    String topic = fixture.newTopic(3, MessageKind.FIFO);
    String group = fixture.newGroup(topic, EARLIEST);
    QueueId queue = null;
    for (int i = 0; i < 10; i++) {
      queue = fixture.send(Messages.keyed(topic, "m" + i, "one-key")).getFirst().queue();
      assertThat(fixture.send(Messages.keyed(topic, "other" + i, "other-key" + i))).hasSize(1);
    }

    List<Delivery> deliveries = fixture.receive(ordered(topic, group, queue, "attempt", 32));

    assertThat(deliveries).extracting(Delivery::queue).containsOnly(queue);
    assertThat(deliveries).extracting(Delivery::offset).isSorted();
    assertThat(deliveries.stream().map(Messages::text).filter(text -> text.startsWith("m")))
        .containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
  }

  @Test
  void deliveryTimeIsKeptToTheSecond() {
    String topic = fixture.newTopic(1, MessageKind.DELAY);
    String group = fixture.newGroup(topic, EARLIEST);
    long at = System.currentTimeMillis() + 3000;
    assertThat(fixture.send(Messages.scheduled(topic, "later", new Schedule.At(at)))).hasSize(1);

    Delivery delivery = fixture.receive(topic, group, 1).getFirst();

    assertThat(Messages.text(delivery)).isEqualTo("later");
    assertThat(System.currentTimeMillis()).isBetween(at - 1000, at + 4000);
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
  void handlesThatAreNoneAreRefusedAndTheRestAcknowledged() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, EARLIEST);
    assertThat(fixture.send(Messages.plain(topic, "x"))).hasSize(1);
    Delivery delivery = fixture.receive(topic, group, 1).getFirst();

    List<AckOutcome> outcomes =
        UpstreamFixture.get(
            done ->
                fixture.upstream.ack(topic, group, List.of("nonsense", delivery.handle()), done));

    assertThat(outcomes.get(1)).isEqualTo(AckOutcome.OK);
    assertThat(outcomes.get(0))
        .isInstanceOfSatisfying(
            AckOutcome.Failed.class,
            failed -> {
              assertThat(failed.failure().category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
              assertThat(failed.failure().subject()).isEqualTo(GatewayException.Subject.HANDLE);
            });
  }

  @Test
  void whatComesAfterACancelIsHandedBack() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, EARLIEST);
    Outcome<List<Delivery>> cancelled = new Outcome<>();
    var call = fixture.upstream.receive(UpstreamFixture.request(topic, group, WAIT), cancelled);
    call.cancel();
    assertThat(cancelled.failure(UpstreamFixture.PATIENCE).category())
        .isEqualTo(ErrorCategory.CANCELLED);
    assertThat(fixture.send(Messages.plain(topic, "x"))).hasSize(1);

    // Far sooner than the minute that the cancelled receive would have kept it.
    assertThat(fixture.receive(topic, group, 1)).extracting(Messages::text).containsExactly("x");
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

  private void handBack(String topic, String group, Delivery delivery) {
    var renewed =
        UpstreamFixture.<NewHandle>get(
            done ->
                fixture.upstream.changeInvisible(
                    topic, group, delivery.handle(), Duration.ZERO, done));
    assertThat(renewed.handle()).isNotEmpty();
  }

  private static ReceiveRequest ordered(
      String topic, String group, @Nullable QueueId queue, String attemptId, int max) {
    return new ReceiveRequest(
        topic, group, Filter.ALL, queue, true, attemptId, max, WAIT, Duration.ofMinutes(1));
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
