package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.group.StartFrom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.exception.MQClientException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that ask for messages, on a real broker, with official producers and members. */
abstract class PullConsumerContract {
  private static final Duration SHORT = Duration.ofMillis(200);

  ConsumerFixture fixture;

  abstract SharedEngine engine();

  /** A started official member of the group. */
  abstract OfficialMember official(String topic) throws MQClientException;

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = new ConsumerFixture(engine(), ledger);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static ConditionFactory await() {
    return ConsumerFixture.await();
  }

  /** Polls until so many have come. */
  private static List<ReceivedMessage> poll(PullConsumer consumer, int count) {
    List<ReceivedMessage> all = new ArrayList<>();
    await()
        .until(
            () -> {
              all.addAll(consumer.poll(SHORT));
              return all.size() >= count;
            });
    return all;
  }

  private static List<String> bodies(List<ReceivedMessage> messages) {
    return messages.stream().map(ConsumerFixture::body).toList();
  }

  private MessageQueue queue(String topic, int id) {
    return queue(topic, id, topic);
  }

  /** A queue of a topic that brokers know by another name. */
  private MessageQueue queue(String topic, int id, String known) {
    return new MessageQueue(topic, fixture.route(known).readable(0).broker().name(), id);
  }

  @Test
  void whatAnOfficialProducerSendsIsPolledInOrderAndCommittedByLaterPolls() {
    String topic = fixture.newTopic(2);
    List<String> left = fixture.sendTo(topic, 0, "left", 15);
    List<String> right = fixture.sendTo(topic, 1, "right", 15);
    PullConsumer consumer = fixture.start(fixture.pulling(topic));

    List<String> polled = bodies(poll(consumer, 30));

    assertThat(polled).filteredOn(body -> body.startsWith("left")).isEqualTo(left);
    assertThat(polled).filteredOn(body -> body.startsWith("right")).isEqualTo(right);
    assertThat(consumer.poll(Duration.ZERO)).isEmpty();
    assertThat(consumer.close(ConsumerFixture.CLOSE_TIME).clean()).isTrue();
    assertThat(fixture.committedInAll(topic)).isEqualTo(30);
  }

  @Test
  void whatThePollBeforeTheCloseGaveComesAgainUnlessItIsCommitted() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendTo(topic, 0, "m", 12);

    PullConsumer first = fixture.start(fixture.pulling(topic).maxPollMessages(4));
    assertThat(bodies(poll(first, 4))).isEqualTo(sent.subList(0, 4));
    first.close();
    PullConsumer second = fixture.start(fixture.pulling(topic).maxPollMessages(4));
    assertThat(bodies(poll(second, 4))).isEqualTo(sent.subList(0, 4));
    second.commit();
    second.close();
    PullConsumer third = fixture.start(fixture.pulling(topic).maxPollMessages(4).autoCommit(false));
    assertThat(bodies(poll(third, 8))).isEqualTo(sent.subList(4, 12));
    third.commit(Map.of(queue(topic, 0), 6L));
    assertThat(third.committed(queue(topic, 0))).hasValue(6);
    third.close();

    assertThat(fixture.committed(topic)).containsExactly(6L);
  }

  @Test
  void aPositionCanBeSetAnywhereInAQueueAndNowhereElse() throws Exception {
    String topic = fixture.newTopic(1);
    fixture.sendTo(topic, 0, "m", 6);
    PullConsumer consumer = fixture.start(fixture.pulling(topic).maxPollMessages(6));
    List<ReceivedMessage> all = poll(consumer, 6);
    MessageQueue queue = all.getFirst().queue();

    assertThat(consumer.assignment()).containsExactly(queue);
    assertThat(consumer.queues(topic)).containsExactly(queue);
    assertThat(consumer.position(queue)).isEqualTo(6);
    consumer.seek(queue, 4);
    assertThat(consumer.position(queue)).isEqualTo(4);
    assertThat(bodies(poll(consumer, 2))).containsExactly("m4", "m5");
    consumer.seekToBegin(queue);
    assertThat(bodies(poll(consumer, 6))).hasSize(6).startsWith("m0");
    consumer.seekToTime(queue, all.get(3).storedAt());
    assertThat(consumer.position(queue)).isBetween(1L, 3L);
    assertThat(bodies(poll(consumer, 3))).endsWith("m3", "m4", "m5");
    consumer.seek(queue, 1);
    consumer.seekToEnd(queue);
    fixture.sendTo(topic, 0, "later", 1);
    assertThat(bodies(poll(consumer, 1))).containsExactly("later0");

    assertThat(consumer.beginOffset(queue)).isZero();
    assertThat(consumer.endOffset(queue)).isEqualTo(7);
    assertThat(consumer.offsetAt(queue, all.getFirst().storedAt())).isZero();
    RocketMQException beyond =
        catchThrowableOfType(RocketMQException.class, () -> consumer.seek(queue, 8));
    assertThat(beyond.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(beyond).hasMessageContaining("8 (expected: 0 to 7)");
    RocketMQException unknown =
        catchThrowableOfType(
            RocketMQException.class,
            () -> consumer.position(new MessageQueue(topic, queue.broker(), 5)));
    assertThat(unknown.category()).isEqualTo(Category.INVALID_ARGUMENT);
  }

  @Test
  void aPausedQueueGivesNothingAlsoOfWhatWasReadAhead() {
    String topic = fixture.newTopic(2);
    PullConsumer consumer = fixture.start(fixture.pulling(topic).maxPollMessages(1));
    await().until(() -> consumer.assignment().size() == 2);
    MessageQueue paused = queue(topic, 0);
    fixture.sendTo(topic, 0, "paused", 3);
    assertThat(bodies(poll(consumer, 1))).containsExactly("paused0");

    consumer.pause(List.of(paused));
    fixture.sendTo(topic, 1, "other", 2);
    assertThat(bodies(poll(consumer, 2))).containsExactly("other0", "other1");
    assertThat(consumer.poll(SHORT)).isEmpty();
    assertThat(consumer.paused()).containsExactly(paused);
    consumer.resume(List.of(paused));

    assertThat(bodies(poll(consumer, 2))).containsExactly("paused1", "paused2");
  }

  @Test
  void membersOfBothClientsShareQueuesAndFindEachOthersOffsets() throws Exception {
    String topic = fixture.newTopic(4);
    Queue<AssignmentChange> changes = new ConcurrentLinkedQueue<>();
    PullConsumer ours = fixture.start(fixture.pulling(topic).assignmentListener(changes::add));
    await().until(() -> ours.assignment().size() == 4);
    OfficialMember theirs = official(topic);

    await()
        .until(
            () -> {
              Set<MessageQueue> all = new HashSet<>(ours.assignment());
              all.addAll(theirs.queues());
              return ours.assignment().size() == 2
                  && theirs.queues().size() == 2
                  && all.size() == 4;
            });
    await()
        .untilAsserted(
            () ->
                assertThat(changes)
                    .last()
                    .satisfies(
                        change -> {
                          assertThat(change.topic()).isEqualTo(topic);
                          assertThat(change.all()).hasSize(4);
                          assertThat(change.mine()).isEqualTo(ours.assignment());
                        }));

    List<String> sent = fixture.sendMany(topic, "m", 24);
    List<String> mine = new ArrayList<>();
    await()
        .until(
            () -> {
              mine.addAll(bodies(ours.poll(SHORT)));
              return mine.size() + theirs.consumed().size() >= 24;
            });
    assertThat(mine).isNotEmpty();
    assertThat(theirs.consumed()).isNotEmpty();
    mine.addAll(theirs.consumed());
    assertThat(mine).containsExactlyInAnyOrderElementsOf(sent);

    // What it consumed is found here, and what was consumed here is found there.
    theirs.leave();
    await().until(() -> ours.assignment().size() == 4);
    assertThat(ours.poll(SHORT)).isEmpty();
    fixture.sendTo(topic, 3, "later", 1);
    assertThat(bodies(poll(ours, 1))).containsExactly("later0");
    ours.commit();
    ours.close();
    OfficialMember again = official(topic);
    await().until(() -> again.queues().size() == 4);
    fixture.sendTo(topic, 0, "last", 1);
    await().until(() -> !again.consumed().isEmpty());
    assertThat(again.consumed()).containsExactly("last0");
  }

  @Test
  void assignedQueuesAreReadWhoeverElseReadsThem() {
    String topic = fixture.newTopic(2);
    List<String> left = fixture.sendTo(topic, 0, "left", 3);
    List<String> right = fixture.sendTo(topic, 1, "right", 3);
    PullConsumer member = fixture.start(fixture.pulling(topic));
    PullConsumer reader = fixture.start(fixture.pulling());

    reader.assign(List.of(queue(topic, 1)));
    assertThat(bodies(poll(reader, 3))).isEqualTo(right);
    reader.assign(reader.queues(topic));
    assertThat(bodies(poll(reader, 3))).isEqualTo(left);
    assertThat(bodies(poll(member, 6))).hasSize(6);

    assertThat(fixture.memberIds(topic)).hasSize(1);
    RocketMQException shared =
        catchThrowableOfType(
            RocketMQException.class, () -> member.assign(List.of(queue(topic, 0))));
    assertThat(shared.category()).isEqualTo(Category.INVALID_ARGUMENT);
  }

  @Test
  void tagsAndConditionsChooseMessagesAndTheGroupPassesOverTheOthers() {
    String topic = fixture.newTopic(1);
    for (String tag : List.of("a", "b", "AaAa", "BBBB", "b")) {
      fixture.send(topic, tag, "tag " + tag);
    }
    // The hashes of AaAa and BBBB are the same.
    PullConsumer consumer =
        fixture.start(
            fixture
                .pulling(topic)
                .commitInterval(SHORT)
                .subscribe(topic, FilterExpression.tags("a || AaAa")));

    assertThat(bodies(poll(consumer, 2))).containsExactly("tag a", "tag AaAa");
    await()
        .until(
            () -> {
              assertThat(consumer.poll(Duration.ZERO)).isEmpty();
              return fixture.committedInAll(topic) == 5;
            });

    PullConsumer conditioned = fixture.start(fixture.pulling());
    conditioned.assign(List.of(queue(topic, 0)), FilterExpression.sql("TAGS = 'b'"));
    conditioned.seekToBegin(queue(topic, 0));
    assertThat(bodies(poll(conditioned, 2))).containsExactly("tag b", "tag b");
  }

  @Test
  void noMoreIsReadAheadThanTheOptionsAllow() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendTo(topic, 0, "m", 40);
    DefaultPullConsumer consumer =
        (DefaultPullConsumer)
            fixture.start(
                fixture.pulling(topic).maxMessagesPerQueue(8).pullBatchSize(4).autoCommit(false));

    await().until(() -> consumer.readAhead() >= 8);
    // It would have all forty in a moment if it did not wait.
    await().during(Duration.ofMillis(500)).until(() -> consumer.readAhead() <= 12);

    assertThat(bodies(poll(consumer, 40))).isEqualTo(sent);
  }

  @Test
  void closingEndsAPollThatWaits() throws Exception {
    String topic = fixture.newTopic(1);
    PullConsumer consumer = fixture.start(fixture.pulling(topic));
    await().until(() -> consumer.assignment().size() == 1);
    CompletableFuture<List<ReceivedMessage>> polled = new CompletableFuture<>();
    Thread thread =
        Thread.startVirtualThread(() -> polled.complete(consumer.poll(Duration.ofHours(1))));
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);

    assertThat(consumer.close(Deadline.after(ConsumerFixture.CLOSE_TIME)).clean()).isTrue();

    assertThat(polled.get(60, TimeUnit.SECONDS)).isEmpty();
    thread.join();
    assertThat(catchThrowableOfType(IllegalStateException.class, consumer::start))
        .hasMessageContaining("closed before");
    assertThat(
            catchThrowableOfType(IllegalStateException.class, () -> consumer.poll(Duration.ZERO)))
        .hasMessageContaining("closed");
  }

  @Test
  void aGroupBeginsWithWhatComesUnlessItIsToldOtherwise() {
    String topic = fixture.newTopic(1);
    fixture.sendTo(topic, 0, "old", 2);
    await().until(() -> fixture.maxInAll(topic) == 2);
    PullConsumer consumer =
        fixture.start(fixture.pulling(topic).startFrom(StartFrom.last()).autoCommit(false));
    await().until(() -> consumer.assignment().size() == 1);
    MessageQueue queue = queue(topic, 0);

    // 4.x brokers have young queues begin with their first message.
    if (consumer.committed(queue).isEmpty()) {
      await().until(() -> consumer.position(queue) == 2);
      fixture.sendTo(topic, 0, "new", 1);
      assertThat(bodies(poll(consumer, 1))).containsExactly("new0");
    } else {
      assertThat(bodies(poll(consumer, 2))).containsExactly("old0", "old1");
    }
  }

  @Test
  void aNamespaceIsSeenByBrokersOnly() {
    String known = fixture.newTopic("space%" + TopicNames.unique("named"), 1);
    String topic = known.substring("space%".length());
    fixture.sendTo(known, 0, "m", 2);
    PullConsumer consumer = fixture.start(fixture.pullingIn("space").subscribe(topic));

    List<ReceivedMessage> polled = poll(consumer, 2);
    MessageQueue queue = queue(topic, 0, known);
    assertThat(bodies(polled)).containsExactly("m0", "m1");
    assertThat(polled).allMatch(each -> each.topic().equals(topic));
    assertThat(consumer.assignment()).containsExactly(queue);
    assertThat(consumer.queues(topic)).containsExactly(queue);
    consumer.commit(Map.of(polled.getFirst().queue(), 1L));
    assertThat(consumer.committed(queue)).hasValue(1);
  }
}
