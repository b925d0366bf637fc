package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ReceivedMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that keep the order of queues, on a real broker, with official ones in the group. */
abstract class OrderedConsumerContract {
  private ConsumerFixture fixture;

  /** By queue, what was consumed, in this order. */
  private final Map<Integer, Queue<String>> consumed = new ConcurrentHashMap<>();

  abstract SharedEngine engine();

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

  private Queue<String> of(int queueId) {
    return consumed.computeIfAbsent(queueId, id -> new ConcurrentLinkedQueue<>());
  }

  private ConsumeResult note(ReceivedMessage message) {
    of(message.queue().id()).add(ConsumerFixture.body(message));
    return ConsumeResult.success();
  }

  @Test
  void aMessageThatFailsHoldsItsQueueAndNoOther() {
    String topic = fixture.newTopic(2);
    AtomicInteger attempts = new AtomicInteger();
    List<String> first = fixture.sendTo(topic, 0, "first", 10);
    List<String> second = fixture.sendTo(topic, 1, "second", 10);
    fixture.start(
        fixture
            .options(topic)
            .orderedPause(Duration.ofMillis(50))
            .orderedHandler(
                message -> {
                  if (ConsumerFixture.body(message).equals("first3")
                      && (message.attempt() < 4 || of(1).size() < 10)) {
                    attempts.accumulateAndGet(message.attempt(), Math::max);
                    throw new IllegalStateException("on purpose");
                  }
                  return note(message);
                }));

    await().until(() -> of(0).size() == 10 && of(1).size() == 10);

    assertThat(of(0)).containsExactlyElementsOf(first);
    assertThat(of(1)).containsExactlyElementsOf(second);
    assertThat(attempts.get()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aMessageThatFailsTooOftenIsADeadLetterAndTheQueueGoesOn() {
    String topic = fixture.newTopic(1);
    AtomicInteger attempts = new AtomicInteger();
    fixture.sendTo(topic, 0, "m", 3);
    PushConsumer consumer =
        fixture.start(
            fixture
                .options(topic)
                .orderedPause(Duration.ofMillis(10))
                .maxReconsumeTimes(2)
                .orderedHandler(
                    message -> {
                      if (ConsumerFixture.body(message).equals("m1")) {
                        attempts.incrementAndGet();
                        return ConsumeResult.retry();
                      }
                      return note(message);
                    }));

    await().until(() -> of(0).size() == 2);
    assertThat(of(0)).containsExactly("m0", "m2");
    assertThat(attempts).hasValue(3);
    String dead = "%DLQ%" + fixture.group;
    await().ignoreExceptions().until(() -> fixture.route(dead).writableCount() > 0);
    ConsumerFixture.close(consumer);
    assertThat(fixture.committedInAll(topic)).isEqualTo(3);
  }

  @Test
  void aQueueGoesToAnOfficialMemberOnceItsHandlerHasEnded() throws Exception {
    String topic = fixture.newTopic(2);
    CountDownLatch bothBegun = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    Queue<String> theirs = new ConcurrentLinkedQueue<>();
    fixture.sendTo(topic, 0, "zero", 5);
    fixture.sendTo(topic, 1, "one", 5);
    PushConsumer ours =
        fixture.start(
            fixture
                .options(topic)
                .orderedHandler(
                    message -> {
                      bothBegun.countDown();
                      release.await();
                      return note(message);
                    }));
    bothBegun.await();
    DefaultMQPushConsumer official = fixture.official();
    official.subscribe(topic, "*");
    official.registerMessageListener(
        (MessageListenerOrderly)
            (messages, context) -> {
              messages.forEach(
                  each -> theirs.add(new String(each.getBody(), StandardCharsets.UTF_8)));
              return ConsumeOrderlyStatus.SUCCESS;
            });
    official.start();

    // It is to have one of the queues, which is still locked for the handler that runs.
    await().until(() -> fixture.memberIds(topic).size() == 2);
    await()
        .until(
            () ->
                ((DefaultPushConsumer) ours)
                    .held().stream().anyMatch(each -> !each.process().isActive()));
    assertThat(theirs).isEmpty();
    release.countDown();

    await().until(() -> theirs.size() + of(0).size() + of(1).size() == 10);
    int taken = of(0).size() == 5 ? 1 : 0;
    String name = taken == 0 ? "zero" : "one";
    assertThat(of(1 - taken)).hasSize(5);
    // The handler's own was committed before the queue was handed over.
    assertThat(of(taken)).containsExactly(name + 0);
    assertThat(theirs).containsExactly(name + 1, name + 2, name + 3, name + 4);
  }

  @Test
  void aMemberThatLeavesHandsItsQueuesOverAtOnce() {
    String topic = fixture.newTopic(2);
    PushConsumer one = fixture.start(fixture.options(topic).orderedHandler(this::note));
    await().until(() -> PushConsumerContract.of(one, topic).size() == 2);
    PushConsumer two = fixture.start(fixture.options(topic).orderedHandler(this::note));
    await()
        .until(
            () ->
                PushConsumerContract.of(one, topic).size() == 1
                    && PushConsumerContract.of(two, topic).size() == 1);

    ConsumerFixture.close(one);

    await().until(() -> PushConsumerContract.of(two, topic).size() == 2);
    List<String> sent = fixture.sendTo(topic, 0, "m", 5);
    await().until(() -> of(0).size() == 5);
    assertThat(of(0)).containsExactlyElementsOf(sent);
  }
}
