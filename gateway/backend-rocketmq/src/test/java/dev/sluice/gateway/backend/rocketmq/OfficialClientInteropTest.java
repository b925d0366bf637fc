package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The official Java client and this backend see each other's messages. */
class OfficialClientInteropTest {
  private static final int NEVER_COMPRESS = 4 << 20;

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private UpstreamFixture fixture;
  private OfficialClient official;

  @BeforeEach
  void start() throws IOException {
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    fixture = UpstreamFixture.start(LOOPS, nameServer);
    official = OfficialClient.open(nameServer);
  }

  @AfterEach
  void close() throws IOException {
    official.close();
    fixture.close();
  }

  @Test
  void whatTheOfficialProducerSendsIsReceived() {
    String topic = fixture.newTopic(2, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, new Subscription.Start.Earliest());

    String id =
        official.send(
            topic,
            "tag",
            "k1 k2",
            Map.of("color", "blue"),
            "hello".getBytes(StandardCharsets.UTF_8),
            NEVER_COMPRESS);

    Delivery delivery = fixture.receive(topic, group, 1).getFirst();
    assertThat(delivery.messageId()).isEqualTo(id);
    assertThat(Messages.text(delivery)).isEqualTo("hello");
    assertThat(delivery.tag()).isEqualTo("tag");
    assertThat(delivery.keys()).containsExactly("k1", "k2");
    assertThat(delivery.properties()).isEqualTo(Map.of("color", "blue"));
    assertThat(delivery.bornHost()).startsWith("127.0.0.1:");
  }

  @Test
  void whatTheOfficialProducerCompressesIsReceivedAsItWas() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, new Subscription.Start.Earliest());
    String body = "compress me ".repeat(1000);

    assertThat(official.send(topic, "", "", Map.of(), body.getBytes(StandardCharsets.UTF_8), 1024))
        .isNotEmpty();

    Delivery delivery = fixture.receive(topic, group, 1).getFirst();
    assertThat(delivery.encoding()).isEqualTo(BodyEncoding.IDENTITY);
    assertThat(Messages.text(delivery)).isEqualTo(body);
  }

  @Test
  void whatIsSentIsReadByTheOfficialConsumer() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String alone = fixture.send(message(topic, "alone", Map.of("p", "1"))).getFirst().messageId();
    List<String> batch =
        fixture.send(message(topic, "b0", Map.of()), message(topic, "b1", Map.of())).stream()
            .map(receipt -> receipt.messageId())
            .toList();

    List<OfficialClient.Seen> seen = official.read(topic, 3);

    assertThat(seen)
        .extracting(OfficialClient.Seen::id)
        .containsExactly(alone, batch.get(0), batch.get(1));
    assertThat(seen.getFirst().body()).isEqualTo("alone");
    assertThat(seen).extracting(each -> each.properties().get("TAGS")).containsOnly("tag");
    assertThat(seen).extracting(each -> each.properties().get("KEYS")).containsOnly("k1 k2");
    assertThat(seen)
        .extracting(each -> each.properties().get("__SHARDINGKEY"))
        .containsOnly("shard");
    assertThat(seen.getFirst().properties()).containsEntry("p", "1");
  }

  private static OutboundMessage message(
      String topic, String body, Map<String, String> properties) {
    return new OutboundMessage(
        topic,
        null,
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer(),
        BodyEncoding.IDENTITY,
        "tag",
        List.of("k1", "k2"),
        "shard",
        properties,
        System.currentTimeMillis(),
        "",
        Schedule.NOW);
  }

  @Test
  void aDeadLetterShowsTheOfficialClientWhereItCameFrom() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);
    String group = fixture.newGroup(topic, new Subscription.Start.Earliest());
    String id = fixture.send(Messages.tagged(topic, "poison", "t")).getFirst().messageId();
    Delivery delivery = fixture.receive(topic, group, 1).getFirst();

    UpstreamFixture.run(done -> fixture.upstream.deadLetter(group, delivery, done));

    OfficialClient.Seen dead = official.read("%DLQ%" + group, 1).getFirst();
    assertThat(dead.id()).isEqualTo(id);
    assertThat(dead.body()).isEqualTo("poison");
    assertThat(dead.properties())
        .containsEntry("TAGS", "t")
        .containsEntry("RETRY_TOPIC", topic)
        .containsEntry("ORIGIN_MESSAGE_ID", id)
        .containsEntry("DLQ_ORIGIN_TOPIC", topic)
        .containsEntry("DLQ_ORIGIN_MESSAGE_ID", id);
  }
}
