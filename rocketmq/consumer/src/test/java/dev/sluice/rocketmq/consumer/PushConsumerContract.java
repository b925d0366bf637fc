package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.wire.RequestCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.message.Message;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that share messages, on a real broker, with official producers and members. */
abstract class PushConsumerContract {
  ConsumerFixture fixture;
  final Queue<String> bodies = new ConcurrentLinkedQueue<>();

  abstract SharedEngine engine();

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = new ConsumerFixture(engine(), ledger);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  static ConditionFactory await() {
    return ConsumerFixture.await();
  }

  ConsumeResult note(ReceivedMessage message) {
    bodies.add(ConsumerFixture.body(message));
    return ConsumeResult.success();
  }

  private static String body(org.apache.rocketmq.common.message.MessageExt message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }

  @Test
  void whatAnOfficialProducerSendsIsConsumedOnceAndCommittedAtTheClose() {
    String topic = fixture.newTopic(4);
    List<String> sent = fixture.sendMany(topic, "m", 50);
    PushConsumer consumer = fixture.start(fixture.options(topic).handler(this::note));

    await().until(() -> bodies.size() >= 50);
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(ConsumerFixture.close(consumer).clean()).isTrue();

    assertThat(fixture.committedInAll(topic)).isEqualTo(50);
  }

  @Test
  void aMessageKeepsWhatItsSenderGaveIt() throws Exception {
    String topic = fixture.newTopic(1);
    Message message = new Message(topic, "tag", "key", "body".getBytes(StandardCharsets.UTF_8));
    message.putUserProperty("colour", "blue");
    fixture.send(message);
    Queue<ReceivedMessage> received = new ConcurrentLinkedQueue<>();
    fixture.start(
        fixture
            .options(topic)
            .handler(
                each -> {
                  received.add(each);
                  return ConsumeResult.success();
                }));

    await().until(() -> !received.isEmpty());

    ReceivedMessage one = received.element();
    assertThat(one.topic()).isEqualTo(topic);
    assertThat(one.tag()).hasValue("tag");
    assertThat(one.keys()).containsExactly("key");
    assertThat(one.property("colour")).hasValue("blue");
    assertThat(one.attempt()).isEqualTo(1);
  }

  @Test
  void whatFailsComesAgainAndAfterTheMaximumIsADeadLetter() {
    String topic = fixture.newTopic(2);
    Queue<String> attempts = new ConcurrentLinkedQueue<>();
    Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    ClientOptions client =
        ClientOptions.builder(fixture.nameServers)
            .instanceName(ConsumerFixture.instance())
            .uncaughtHandler((thread, failure) -> uncaught.add(failure))
            .build();
    fixture.start(
        PushConsumerOptions.builder(client, fixture.group)
            .subscribe(topic)
            .startFrom(StartFrom.first())
            .maxReconsumeTimes(2)
            .handler(
                message -> {
                  attempts.add(ConsumerFixture.body(message) + message.attempt() + message.topic());
                  if (ConsumerFixture.body(message).equals("good")) {
                    return ConsumeResult.success();
                  }
                  if (message.attempt() == 1) {
                    throw new IllegalStateException("on purpose");
                  }
                  return ConsumeResult.retryAtLevel(1);
                }));
    fixture.send(topic, "", "bad");

    await().until(() -> attempts.contains("bad3" + topic));
    fixture.send(topic, "", "good");
    await().until(() -> attempts.contains("good1" + topic));

    assertThat(attempts)
        .containsExactly("bad1" + topic, "bad2" + topic, "bad3" + topic, "good1" + topic);
    assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
    String dead = "%DLQ%" + fixture.group;
    await().ignoreExceptions().until(() -> fixture.route(dead).writableCount() > 0);
  }

  @Test
  void tagsAndConditionsChooseMessages() {
    String tagged = fixture.newTopic(2);
    String conditioned = fixture.newTopic(2);
    for (String tag : List.of("a", "b", "c", "AaAa", "BBBB")) {
      fixture.send(tagged, tag, "tag " + tag);
    }
    for (int size = 1; size < 5; size++) {
      Message message = new Message(conditioned, ("size " + size).getBytes(StandardCharsets.UTF_8));
      message.putUserProperty("size", Integer.toString(size));
      fixture.send(message);
    }

    PushConsumer consumer =
        fixture.start(
            fixture
                .options(tagged)
                // The hashes of AaAa and BBBB are the same.
                .persistInterval(Duration.ofMillis(200))
                .subscribe(tagged, FilterExpression.tags("a || c|| AaAa"))
                .subscribe(conditioned, FilterExpression.sql("size > 2"))
                .handler(this::note));

    await().until(() -> bodies.size() >= 5);
    await().until(() -> fixture.committedInAll(tagged) == 5);
    await().until(() -> fixture.committedInAll(conditioned) == 4);
    ConsumerFixture.close(consumer);
    assertThat(bodies).containsExactlyInAnyOrder("tag a", "tag c", "tag AaAa", "size 3", "size 4");
  }

  @Test
  void aGroupGoesOnWhereItWas() {
    String topic = fixture.newTopic(2);
    fixture.sendMany(topic, "old", 4);
    PushConsumer first = fixture.start(fixture.options(topic).handler(this::note));
    await().until(() -> bodies.size() >= 4);
    ConsumerFixture.close(first);
    bodies.clear();

    fixture.sendMany(topic, "later", 4);
    fixture.start(fixture.options(topic).handler(this::note));

    await().until(() -> bodies.size() >= 4);
    assertThat(bodies).allMatch(body -> body.startsWith("later"));
  }

  @Test
  void membersOfBothClientsShareTheQueuesAndTakeOverWhoLeaves() throws Exception {
    String topic = fixture.newTopic(8);
    Queue<String> theirs = new ConcurrentLinkedQueue<>();
    DefaultMQPushConsumer official = fixture.official();
    official.subscribe(topic, "*");
    official.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              messages.forEach(each -> theirs.add(body(each)));
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    official.start();
    PushConsumer one = fixture.start(fixture.options(topic).handler(this::note));
    PushConsumer two = fixture.start(fixture.options(topic).handler(this::note));

    await()
        .until(
            () -> {
              Set<MessageQueue> all = new HashSet<>(of(one, topic));
              all.addAll(of(two, topic));
              all.addAll(of(official, topic));
              List<Integer> each =
                  List.of(of(one, topic).size(), of(two, topic).size(), of(official, topic).size());
              // Before they all know each other the first has everything, or two have half of it.
              return all.size() == 8
                  && each.stream().mapToInt(size -> size).sum() == 8
                  && each.stream().allMatch(size -> size >= 2);
            });
    assertThat(of(one, topic)).hasSizeBetween(2, 3);
    assertThat(of(two, topic)).hasSizeBetween(2, 3);
    List<String> sent = fixture.sendMany(topic, "shared", 40);
    await().until(() -> bodies.size() + theirs.size() >= 40);
    List<String> all = new ArrayList<>(bodies);
    all.addAll(theirs);
    assertThat(all).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(theirs).isNotEmpty();

    ConsumerFixture.close(two);
    official.shutdown();
    await().until(() -> of(one, topic).size() == 8);
    bodies.clear();
    List<String> later = fixture.sendMany(topic, "later", 16);
    await().until(() -> bodies.size() >= 16);
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(later);
  }

  static Set<MessageQueue> of(PushConsumer consumer, String topic) {
    return consumer.assignment().stream()
        .filter(queue -> queue.topic().equals(topic))
        .collect(Collectors.toSet());
  }

  @SuppressWarnings("deprecation") // Nothing else tells what an official consumer has.
  static Set<MessageQueue> of(DefaultMQPushConsumer consumer, String topic) {
    return consumer
        .getDefaultMQPushConsumerImpl()
        .getRebalanceImpl()
        .getProcessQueueTable()
        .keySet()
        .stream()
        .filter(queue -> queue.getTopic().equals(topic))
        .map(queue -> new MessageQueue(topic, queue.getBrokerName(), queue.getQueueId()))
        .collect(Collectors.toSet());
  }

  @Test
  void nothingOfABlockedQueueIsHeldBeyondTheLimit() throws Exception {
    String topic = fixture.newTopic(1);
    fixture.sendMany(topic, "m", 60);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    DefaultPushConsumer consumer =
        (DefaultPushConsumer)
            fixture.start(
                fixture
                    .options(topic)
                    .maxConcurrency(3)
                    .maxMessagesPerQueue(10)
                    .pullBatchSize(4)
                    .handler(
                        message -> {
                          most.accumulateAndGet(running.incrementAndGet(), Math::max);
                          release.await();
                          running.decrementAndGet();
                          return note(message);
                        }));

    await().until(() -> running.get() == 3 && held(consumer, topic) >= 10);
    // It would have all sixty in a moment if it did not wait.
    await().during(Duration.ofSeconds(1)).until(() -> held(consumer, topic) <= 13);
    release.countDown();
    await().until(() -> bodies.size() == 60);

    assertThat(most).hasValue(3);
  }

  private static int held(DefaultPushConsumer consumer, String topic) {
    return consumer.held().stream()
        .filter(each -> each.queue().topic().equals(topic))
        .mapToInt(each -> each.process().size())
        .sum();
  }

  @Test
  void aHandlerThatNeverEndsIsGivenUpAndItsMessageComesAgain() {
    String topic = fixture.newTopic(1);
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    fixture.start(
        fixture
            .options(topic)
            .consumeTimeout(Duration.ofSeconds(1))
            .handler(
                message -> {
                  if (message.attempt() == 1) {
                    try {
                      never.await();
                    } catch (InterruptedException e) {
                      interrupted.incrementAndGet();
                      throw e;
                    }
                  }
                  return note(message);
                }));
    fixture.send(topic, "", "slow");

    await().until(() -> bodies.contains("slow"));

    assertThat(interrupted).hasValue(1);
    assertThat(bodies).containsExactly("slow");
  }

  @Test
  void closingWaitsForHandlersAndCommitsWhatTheyConsumed() throws Exception {
    String topic = fixture.newTopic(1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    PushConsumer consumer =
        fixture.start(
            fixture
                .options(topic)
                .handler(
                    message -> {
                      begun.countDown();
                      release.await();
                      return note(message);
                    }));
    fixture.send(topic, "", "last");
    begun.await();

    var report = consumer.closeAsync(Deadline.after(ConsumerFixture.PATIENCE));
    assertThat(report.toCompletableFuture()).isNotDone();
    release.countDown();

    assertThat(report.toCompletableFuture().get().clean()).isTrue();
    assertThat(bodies).containsExactly("last");
    assertThat(fixture.committedInAll(topic)).isEqualTo(1);
  }

  @Test
  void administratorsAreToldWhatAMemberDoesAndHaveItConsumeAMessage() {
    String topic = fixture.newTopic(1);
    Queue<String> ids = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        fixture.start(
            fixture
                .options(topic)
                .handler(
                    message -> {
                      ids.add(message.offsetMessageId());
                      return ConsumeResult.success();
                    }));
    fixture.send(topic, "", "asked for");
    await().until(() -> ids.size() == 1);
    String member = consumer.options().client().clientId();

    String running = fixture.ask(topic, member, RequestCode.GET_CONSUMER_RUNNING_INFO, "");
    String consumed =
        fixture.ask(topic, member, RequestCode.CONSUME_MESSAGE_DIRECTLY, ids.element());

    assertThat(running).contains("CONSUME_PASSIVELY").contains(topic);
    assertThat(consumed).contains("CR_SUCCESS");
    assertThat(ids).hasSize(2);
    assertThat(Set.copyOf(ids)).hasSize(1);
  }

  @Test
  void twoConsumersOfOneGroupNeedTwoClientIds() {
    String topic = fixture.newTopic(1);
    String instance = ConsumerFixture.instance();
    fixture.start(fixture.options(topic, instance).handler(this::note));
    PushConsumer second =
        new DefaultPushConsumer(
            fixture.options(topic, instance).handler(this::note).build(), fixture.runtimes);

    assertThatThrownBy(second::start)
        .isInstanceOf(RocketMQException.class)
        .hasMessageContaining(fixture.group);
    second.close();
  }
}
