package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What RocketMQ hands out, and how that goes on, on a real broker. */
class RocketMQReceivesTest {
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
            Duration.ofSeconds(5));
    List<Delivery> wanted = fixture.receive(filtered);
    assertThat(wanted).extracting(Messages::text).containsExactly("wanted");
    fixture.ack(group, wanted);

    // Longer than the invisible duration and what a broker takes to show a message again.
    assertThat(fixture.receive(UpstreamFixture.request(topic, group, Duration.ofSeconds(9))))
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
    List<SendReceipt> sent = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sent.addAll(fixture.send(Messages.keyed(topic, "m" + i, "one-key")));
      assertThat(fixture.send(Messages.keyed(topic, "other" + i, "other-key" + i))).hasSize(1);
    }

    QueueId queue = sent.getLast().queue();
    // Messages may be stored a moment before their queue has them.
    await()
        .atMost(UpstreamFixture.PATIENCE)
        .until(
            () ->
                UpstreamFixture.<Long>get(
                        done -> fixture.upstream.offsets().end(topic, queue, done))
                    > sent.getLast().offset());

    List<Delivery> deliveries = fixture.receive(ordered(topic, group, queue, "attempt", 32));

    assertThat(deliveries).extracting(Delivery::queue).containsOnly(queue);
    assertThat(deliveries).extracting(Delivery::offset).isSorted();
    assertThat(deliveries.stream().map(Messages::text).filter(text -> text.startsWith("m")))
        .containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
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
}
