package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What every backend keeps when messages are sent, received and acknowledged. */
public abstract class UpstreamContractTest extends ContractTest {

  @Test
  void startTellsWhatTheMessageSystemCanDo() {
    assertThat(capabilities.kind()).isNotBlank();
    assertThat(capabilities.maxBodyBytes()).isPositive();
    assertThat(capabilities.maxBatchBytes()).isPositive();
    run(upstream::ping);
  }

  @Test
  void topicIsThereOnceMadeAndMakingItAgainChangesNothing() {
    String topic = newTopic(3, MessageKind.NORMAL);
    run(done -> upstream.createTopic(topic, 3, MessageKind.NORMAL, done));

    Topology topology = get(done -> upstream.topology(topic, done));
    assertThat(topology.topic()).isEqualTo(topic);
    assertThat(topology.queues()).hasSize(3).allMatch(queue -> queue.readable());
    assertThat(topology.accepts()).contains(MessageKind.NORMAL);
    List<String> topics = get(upstream::topics);
    assertThat(topics).contains(topic).isSorted();
  }

  @Test
  void missingTopicIsNotFound() {
    GatewayException failure =
        failure((Completion<Topology> done) -> upstream.topology(newName("missing"), done));
    assertThat(failure.category()).isEqualTo(ErrorCategory.NOT_FOUND);
    assertThat(failure.subject()).isEqualTo(GatewayException.Subject.TOPIC);
  }

  @Test
  void sendToMissingTopicMakesItOrIsNotFoundAsTheCapabilitiesSay() {
    String topic = newName("missing");
    var outcome = send(List.of(Messages.plain(topic, "m")));
    if (capabilities.createsTopicsOnSend()) {
      assertThat(outcome.get(PATIENCE)).hasSize(1);
    } else {
      assertThat(outcome.failure(PATIENCE).category()).isEqualTo(ErrorCategory.NOT_FOUND);
    }
  }

  @Test
  void messageArrivesAsItWasSent() {
    String topic = newTopic(2, MessageKind.NORMAL);
    String group = newGroup(topic);
    byte[] body = new byte[3000];
    ThreadLocalRandom.current().nextBytes(body);
    long bornAt = System.currentTimeMillis() - 5000;
    var message =
        new OutboundMessage(
            topic,
            newName("ID"),
            ByteBuffer.wrap(body).asReadOnlyBuffer(),
            BodyEncoding.IDENTITY,
            "tag-1",
            List.of("key1", "key2"),
            null,
            Map.of("color", "blue\u00e9", "empty-is-not", "x y"),
            bornAt,
            "127.0.0.1:4321",
            Schedule.NOW);

    SendReceipt receipt = send(List.of(message)).get(PATIENCE).getFirst();
    Delivery delivery = receiveSome(topic, group, Filter.ALL, 1).getFirst();

    assertThat(delivery.body()).isEqualTo(ByteBuffer.wrap(body));
    assertThat(delivery.body().isReadOnly()).isTrue();
    assertThat(delivery.topic()).isEqualTo(topic);
    assertThat(delivery.tag()).isEqualTo("tag-1");
    assertThat(delivery.keys()).containsExactly("key1", "key2");
    assertThat(delivery.properties()).isEqualTo(message.properties());
    assertThat(delivery.messageId()).isEqualTo(message.id()).isEqualTo(receipt.messageId());
    assertThat(delivery.queue()).isEqualTo(receipt.queue());
    assertThat(delivery.offset()).isEqualTo(receipt.offset());
    assertThat(delivery.bornAt()).isEqualTo(bornAt);
    assertThat(delivery.attempt()).isEqualTo(1);
    assertThat(delivery.shardingKey()).isNull();
    assertThat(delivery.visibleAgainAt()).isGreaterThan(System.currentTimeMillis());
  }

  @Test
  void batchIsStoredInOrderInOneQueueWithAReceiptForEach() {
    String topic = newTopic(4, MessageKind.NORMAL);
    String group = newGroup(topic);
    var batch = new ArrayList<OutboundMessage>();
    for (int i = 0; i < 20; i++) {
      batch.add(Messages.tagged(topic, "m" + i, "t" + i % 3));
    }

    List<SendReceipt> receipts = send(batch).get(PATIENCE);
    List<Delivery> deliveries = receiveSome(topic, group, Filter.ALL, 20);

    assertThat(receipts).hasSize(20);
    assertThat(receipts).extracting(SendReceipt::messageId).doesNotHaveDuplicates();
    assertThat(receipts).extracting(SendReceipt::queue).containsOnly(receipts.getFirst().queue());
    assertThat(receipts).extracting(SendReceipt::offset).isSorted().doesNotHaveDuplicates();
    for (Delivery delivery : deliveries) {
      int i = Integer.parseInt(Messages.text(delivery).substring(1));
      assertThat(delivery.messageId()).isEqualTo(receipts.get(i).messageId());
      assertThat(delivery.offset()).isEqualTo(receipts.get(i).offset());
      assertThat(delivery.tag()).isEqualTo("t" + i % 3);
    }
  }

  @Test
  void equalShardingKeysShareAQueueThatIsKnownBefore() {
    String topic = newTopic(4, MessageKind.NORMAL);
    var _ = get((Completion<Topology> done) -> upstream.topology(topic, done));
    for (int i = 0; i < 8; i++) {
      String key = "key-" + i;
      QueueId expected = upstream.queueOf(topic, key);
      var one = Messages.keyed(topic, "a", key);
      var two = Messages.keyed(topic, "b", key);
      List<SendReceipt> together = send(List.of(one, two)).get(PATIENCE);
      SendReceipt alone = send(List.of(one)).get(PATIENCE).getFirst();
      assertThat(together).extracting(SendReceipt::queue).containsOnly(alone.queue());
      if (expected != null) {
        assertThat(alone.queue()).isEqualTo(expected);
      }
    }
  }

  @Test
  void encodedSizeIsAnUpperBoundThatGrowsWithTheMessage() {
    String topic = newTopic(1, MessageKind.NORMAL);
    int small = upstream.encodedSize(Messages.plain(topic, "x"));
    int large = upstream.encodedSize(Messages.plain(topic, "x".repeat(1000)));
    assertThat(small).isGreaterThan(1);
    assertThat(large - small).isGreaterThanOrEqualTo(999);
  }

  @Test
  void whatNoSendCouldStoreIsToldBeforeItIsSent() {
    String topic = newTopic(1, MessageKind.NORMAL);
    OutboundMessage fine = Messages.plain(topic, "fine");
    OutboundMessage reserved = Messages.withProperties(topic, "not", Map.of("KEYS", "reserved"));

    backend().check(fine);
    GatewayException told =
        catchThrowableOfType(GatewayException.class, () -> backend().check(reserved));

    assertThat(told.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(told.subject()).isEqualTo(GatewayException.Subject.PROPERTIES);
    assertThat(send(List.of(reserved)).failure(PATIENCE)).hasMessage(told.getMessage());
  }

  @Test
  void tooLargeBodyIsRefusedAndNothingOfItsBatchStored() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var tooLarge = Messages.plain(topic, "x".repeat(capabilities.maxBodyBytes() + 1));

    assertThat(send(List.of(tooLarge)).failure(PATIENCE).category())
        .isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(receive(request(topic, group, Filter.ALL, 1, Duration.ofSeconds(1)))).isEmpty();
  }

  @Test
  void unacknowledgedDeliveryComesAgainAndIsCounted() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 1)).get(PATIENCE);

    Delivery first = receiveBriefly(topic, group);
    Delivery second = receiveSome(topic, group, Filter.ALL, 1).getFirst();

    assertThat(second.messageId()).isEqualTo(first.messageId());
    assertThat(second.topic()).isEqualTo(topic);
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.handle()).isNotEqualTo(first.handle());
  }

  @Test
  void acknowledgedDeliveryDoesNotComeAgain() {
    String topic = newTopic(2, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 1)).get(PATIENCE);
    send(plain(topic, 1)).get(PATIENCE);
    var deliveries =
        List.of(receiveFor(topic, group, hidden()), receiveFor(topic, group, hidden()));

    List<AckOutcome> outcomes = ack(topic, group, deliveries);

    assertThat(outcomes).hasSize(2).containsOnly(AckOutcome.OK);
    Duration longer = hidden().plusSeconds(2);
    assertThat(receive(request(topic, group, Filter.ALL, 10, longer))).isEmpty();
  }

  @Test
  void renewedDeliveryStaysHiddenAndItsNewHandleAcknowledges() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 1)).get(PATIENCE);
    Delivery delivery = receiveFor(topic, group, hidden());

    Duration longer = hidden().plusSeconds(20);
    NewHandle renewed = changeInvisible(delivery, group, longer);
    assertThat(renewed.visibleAgainAt()).isGreaterThan(delivery.visibleAgainAt());
    Duration past = hidden().plusSeconds(2);
    assertThat(receive(request(topic, group, Filter.ALL, 1, past))).isEmpty();

    var acked = new Outcome<List<AckOutcome>>();
    onLoop(() -> upstream.ack(topic, group, List.of(renewed.handle()), acked));
    assertThat(acked.get(PATIENCE)).containsExactly(AckOutcome.OK);
  }

  @Test
  void handedBackDeliveryComesAgainSoon() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 1)).get(PATIENCE);
    Delivery delivery = receiveSome(topic, group, Filter.ALL, 1).getFirst();

    changeInvisible(delivery, group, Duration.ZERO);

    Delivery again = receiveSome(topic, group, Filter.ALL, 1).getFirst();
    assertThat(again.messageId()).isEqualTo(delivery.messageId());
    assertThat(again.attempt()).isEqualTo(2);
  }

  @Test
  void groupsProgressIndependently() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String one = newGroup(topic);
    String two = newGroup(topic);
    send(plain(topic, 2)).get(PATIENCE);
    assertThat(ack(topic, one, receiveSome(topic, one, Filter.ALL, 2))).hasSize(2);
    assertThat(receiveSome(topic, two, Filter.ALL, 2)).hasSize(2);
  }

  @Test
  void newGroupBeginsWhereItIsTold() {
    String topic = newTopic(2, MessageKind.NORMAL);
    send(List.of(Messages.plain(topic, "old"))).get(PATIENCE);
    String latest = newGroup(topic);
    String earliest = newName(GROUP_PREFIX);
    run(
        done ->
            upstream.subscribe(
                new Subscription(topic, earliest, Filter.ALL, new Subscription.Start.Earliest()),
                done));
    send(List.of(Messages.plain(topic, "new"))).get(PATIENCE);

    assertThat(receiveSome(topic, latest, Filter.ALL, 1))
        .extracting(Messages::text)
        .containsExactly("new");
    assertThat(receiveSome(topic, earliest, Filter.ALL, 2))
        .extracting(Messages::text)
        .containsExactlyInAnyOrder("old", "new");
  }

  @Test
  void subscribingAgainKeepsTheGroupsPlace() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 1)).get(PATIENCE);
    run(
        done ->
            upstream.subscribe(
                new Subscription(topic, group, Filter.ALL, new Subscription.Start.Latest()), done));
    assertThat(receiveSome(topic, group, Filter.ALL, 1)).hasSize(1);
  }

  @Test
  void scheduledMessageDoesNotComeBeforeItsTime() {
    String topic = newTopic(1, MessageKind.DELAY);
    String group = newGroup(topic);
    long start = System.currentTimeMillis();
    send(List.of(Messages.scheduled(topic, "late", new Schedule.Level(2)))).get(PATIENCE);

    assertThat(receiveSome(topic, group, Filter.ALL, 1)).hasSize(1);
    assertThat(System.currentTimeMillis() - start).isGreaterThan(3500);
  }

  @Test
  void groupThatNobodyConfiguredIsUnorderedAndTriesMoreThanOnce() {
    String group = newName(GROUP_PREFIX);

    ConsumerGroup known = get(done -> upstream.group(group, done));

    assertThat(known.name()).isEqualTo(group);
    assertThat(known.ordered()).isFalse();
    assertThat(known.maxAttempts()).isGreaterThan(1);
    assertThat(known.retries())
        .isInstanceOfSatisfying(
            ConsumerGroup.Retries.Steps.class, steps -> assertThat(steps.waits()).isNotEmpty());
  }

  @Test
  void orderedQueueIsClosedWhileAnythingOfItIsHeld() {
    String topic = newTopic(1, MessageKind.FIFO);
    String group = newGroup(topic);
    for (int i = 0; i < 3; i++) {
      send(List.of(Messages.keyed(topic, "m" + i, "k"))).get(PATIENCE);
    }
    Delivery first = receive(ordered(topic, group, "attempt-1", PATIENCE)).getFirst();
    assertThat(Messages.text(first)).isEqualTo("m0");

    assertThat(receive(ordered(topic, group, "attempt-2", Duration.ofSeconds(1)))).isEmpty();
    ack(topic, group, List.of(first));

    Delivery second = receive(ordered(topic, group, "attempt-3", PATIENCE)).getFirst();
    assertThat(Messages.text(second)).isEqualTo("m1");
  }

  @Test
  void completionRunsOnTheLoopThatCalled() {
    String topic = newTopic(1, MessageKind.NORMAL);
    for (Loop loop : loops().all()) {
      var sent = new Outcome<Boolean>();
      loop.execute(
          () ->
              upstream.send(
                  plain(topic, 1), PATIENCE, completion(receipts -> sent.done(loop.inLoop()))));
      assertThat(sent.get(PATIENCE)).isTrue();
    }
  }
}
