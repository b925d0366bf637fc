package dev.sluice.gateway.spi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every backend keeps. A backend's module extends this and gives it a real message system and
 * real loops; each test has an upstream and topics of its own.
 */
public abstract class UpstreamContractTest {

  /** How long anything may take. */
  protected static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String GROUP_PREFIX = "contract_group_";

  private Upstream upstream;
  private Capabilities capabilities;

  /** The backend; the same for all of a test. */
  protected abstract Backend backend();

  /** Where the message system is. */
  protected abstract UpstreamSpec spec();

  /** Loops that run. */
  protected abstract Loops loops();

  /** The shortest invisible duration that the message system keeps. */
  protected Duration invisible() {
    return Duration.ofSeconds(2);
  }

  @BeforeEach
  void startUpstream() {
    upstream = backend().connect(spec());
    capabilities = get(upstream::start);
  }

  @AfterEach
  void closeUpstream() {
    upstream.close(Deadline.after(Duration.ofSeconds(10)));
  }

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
  void tooLargeBodyIsRefusedAndNothingOfItsBatchStored() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var tooLarge = Messages.plain(topic, "x".repeat(capabilities.maxBodyBytes() + 1));

    assertThat(send(List.of(tooLarge)).failure(PATIENCE).category())
        .isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(receive(request(topic, group, Filter.ALL, 1, Duration.ofSeconds(1)))).isEmpty();
  }

  @Test
  void onlyWhatTheTagFilterNamesIsHandedOut() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic, new Filter(Filter.Type.TAG, "a||c"));
    for (String tag : List.of("a", "b", "c")) {
      send(List.of(Messages.tagged(topic, tag, tag))).get(PATIENCE);
    }
    send(List.of(Messages.plain(topic, "none"))).get(PATIENCE);

    var filter = new Filter(Filter.Type.TAG, "a||c");
    assertThat(receiveSome(topic, group, filter, 2))
        .extracting(Messages::text)
        .containsExactlyInAnyOrder("a", "c");
    assertThat(receive(request(topic, group, filter, 10, Duration.ofSeconds(1)))).isEmpty();
  }

  @Test
  void emptyReceiveWaitsAsLongAsAsked() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    long start = System.nanoTime();
    assertThat(receive(request(topic, group, Filter.ALL, 1, Duration.ofSeconds(2)))).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(8));
  }

  @Test
  void waitingReceiveEndsWhenAMessageComes() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var outcome = new Outcome<List<Delivery>>();
    onLoop(
        () ->
            upstream.receive(
                request(topic, group, Filter.ALL, 8, Duration.ofSeconds(20)), outcome));
    send(List.of(Messages.plain(topic, "m"))).get(PATIENCE);
    assertThat(outcome.get(Duration.ofSeconds(10))).extracting(Messages::text).containsExactly("m");
  }

  @Test
  void noMoreIsHandedOutThanAskedFor() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 10)).get(PATIENCE);
    assertThat(receiveOnceSome(topic, group, 3)).hasSizeBetween(1, 3);
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
    var deliveries = List.of(receiveBriefly(topic, group), receiveBriefly(topic, group));

    List<AckOutcome> outcomes = ack(topic, group, deliveries);

    assertThat(outcomes).hasSize(2).containsOnly(AckOutcome.OK);
    Duration longer = invisible().plusSeconds(2);
    assertThat(receive(request(topic, group, Filter.ALL, 10, longer))).isEmpty();
  }

  @Test
  void renewedDeliveryStaysHiddenAndItsNewHandleAcknowledges() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    send(plain(topic, 1)).get(PATIENCE);
    Delivery delivery = receiveBriefly(topic, group);

    Duration longer = Duration.ofSeconds(20);
    NewHandle renewed = changeInvisible(delivery, group, longer);
    assertThat(renewed.visibleAgainAt()).isGreaterThan(delivery.visibleAgainAt());
    Duration past = invisible().plusSeconds(2);
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
  void cancelledReceiveEndsOnce() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var outcome = new Outcome<List<Delivery>>();
    var calls = Collections.synchronizedList(new ArrayList<Cancellable>());
    onLoop(
        () ->
            calls.add(
                upstream.receive(
                    request(topic, group, Filter.ALL, 1, Duration.ofSeconds(20)), outcome)));
    calls.getFirst().cancel();
    calls.getFirst().cancel();
    assertThat(outcome.failure(Duration.ofSeconds(10)).category())
        .isEqualTo(ErrorCategory.CANCELLED);
    assertThat(outcome.calls()).isOne();
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

  @Test
  void closeEndsWaitingReceivesAndRefusesWhatComesLater() {
    String topic = newTopic(1, MessageKind.NORMAL);
    String group = newGroup(topic);
    var waiting = new Outcome<List<Delivery>>();
    onLoop(
        () ->
            upstream.receive(
                request(topic, group, Filter.ALL, 1, Duration.ofSeconds(20)), waiting));

    CloseReport report = upstream.close(Deadline.after(Duration.ofSeconds(10)));

    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(waiting.failure(PATIENCE).category())
        .isIn(ErrorCategory.UNAVAILABLE, ErrorCategory.CANCELLED);
    assertThat(send(plain(topic, 1)).failure(PATIENCE).category())
        .isEqualTo(ErrorCategory.UNAVAILABLE);
  }

  // The rest is what tests say in one line.

  /** A topic that no other test has. */
  protected String newTopic(int queues, MessageKind kind) {
    String topic = newName("contract_topic_");
    run(done -> upstream.createTopic(topic, queues, kind, done));
    return topic;
  }

  /** A name that no other test has. */
  protected static String newName(String prefix) {
    return prefix + Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);
  }

  /** A subscribed group of a topic, at its end. */
  protected String newGroup(String topic) {
    return newGroup(topic, Filter.ALL);
  }

  private String newGroup(String topic, Filter filter) {
    String group = newName(GROUP_PREFIX);
    run(
        done ->
            upstream.subscribe(
                new Subscription(topic, group, filter, new Subscription.Start.Latest()), done));
    return group;
  }

  private static List<OutboundMessage> plain(String topic, int count) {
    var messages = new ArrayList<OutboundMessage>();
    for (int i = 0; i < count; i++) {
      messages.add(Messages.plain(topic, "m" + i));
    }
    return messages;
  }

  private Outcome<List<SendReceipt>> send(List<OutboundMessage> messages) {
    var outcome = new Outcome<List<SendReceipt>>();
    onLoop(() -> upstream.send(messages, Duration.ofSeconds(10), outcome));
    return outcome;
  }

  private ReceiveRequest request(
      String topic, String group, Filter filter, int max, Duration wait) {
    return new ReceiveRequest(
        topic, group, filter, null, false, null, max, wait, Duration.ofMinutes(1));
  }

  /** Hides what it gets only as long as the message system must be able to. */
  private Delivery receiveBriefly(String topic, String group) {
    var request =
        new ReceiveRequest(
            topic, group, Filter.ALL, null, false, null, 1, Duration.ofSeconds(10), invisible());
    return receive(request).getFirst();
  }

  private ReceiveRequest ordered(String topic, String group, String attemptId, Duration wait) {
    return new ReceiveRequest(
        topic, group, Filter.ALL, null, true, attemptId, 1, wait, Duration.ofMinutes(1));
  }

  private List<Delivery> receive(ReceiveRequest request) {
    return get(done -> upstream.receive(request, done));
  }

  private List<Delivery> receiveOnceSome(String topic, String group, int max) {
    return receive(request(topic, group, Filter.ALL, max, Duration.ofSeconds(10)));
  }

  private List<Delivery> receiveSome(String topic, String group, Filter filter, int count) {
    var all = new ArrayList<Delivery>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (all.size() < count && System.nanoTime() < end) {
      all.addAll(receive(request(topic, group, filter, count - all.size(), Duration.ofSeconds(5))));
    }
    assertThat(all).hasSize(count);
    return all;
  }

  private List<AckOutcome> ack(String topic, String group, List<Delivery> deliveries) {
    List<String> handles = deliveries.stream().map(Delivery::handle).toList();
    return get(done -> upstream.ack(topic, group, handles, done));
  }

  private NewHandle changeInvisible(Delivery delivery, String group, Duration invisible) {
    return get(
        done ->
            upstream.changeInvisible(delivery.topic(), group, delivery.handle(), invisible, done));
  }

  private static <T> Completion<T> completion(Consumer<T> done) {
    return new Completion<>() {
      @Override
      public void done(T value) {
        done.accept(value);
      }

      @Override
      public void failed(GatewayException failure) {
        throw failure;
      }
    };
  }

  private <T> T get(Consumer<Completion<T>> call) {
    var outcome = new Outcome<T>();
    onLoop(() -> call.accept(outcome));
    return outcome.get(PATIENCE);
  }

  private void run(Consumer<Completion<Void>> call) {
    var outcome = new Outcome<Void>();
    onLoop(() -> call.accept(outcome));
    outcome.succeeded(PATIENCE);
  }

  private <T> GatewayException failure(Consumer<Completion<T>> call) {
    var outcome = new Outcome<T>();
    onLoop(() -> call.accept(outcome));
    return outcome.failure(PATIENCE);
  }

  private void onLoop(Runnable task) {
    var ran = new Outcome<Boolean>();
    loops()
        .all()
        .getFirst()
        .execute(
            () -> {
              task.run();
              ran.done(true);
            });
    assertThat(ran.get(PATIENCE)).isTrue();
  }
}
