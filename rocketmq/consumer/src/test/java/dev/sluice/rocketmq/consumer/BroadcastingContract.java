package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.ConsumeModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers that each get everything, on a real broker, with official ones in the group. */
abstract class BroadcastingContract {
  @TempDir private Path directory;
  private ConsumerFixture fixture;

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

  private PushConsumerOptionsBuilder options(String topic, String instance, Queue<String> into) {
    return fixture
        .options(topic, instance)
        .model(ConsumeModel.BROADCASTING)
        .offsetDirectory(directory)
        .handler(
            message -> {
              into.add(ConsumerFixture.body(message));
              return into.size() == 1 ? ConsumeResult.retry() : ConsumeResult.success();
            });
  }

  private void startOfficial(String topic, Queue<String> into) throws MQClientException {
    DefaultMQPushConsumer official = fixture.official();
    official.setMessageModel(MessageModel.BROADCASTING);
    official.subscribe(topic, "*");
    official.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              messages.forEach(
                  each -> into.add(new String(each.getBody(), StandardCharsets.UTF_8)));
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    official.start();
  }

  private PullConsumer startAs(
      String instance, String topic, UnaryOperator<PullConsumerOptions.Builder> options) {
    return fixture.start(
        options.apply(
            fixture
                .pullingAs(instance)
                .model(ConsumeModel.BROADCASTING)
                .offsetDirectory(directory)
                .subscribe(topic)));
  }

  /** Polls until so many have come. */
  private static List<String> poll(PullConsumer consumer, int count) {
    List<String> bodies = new ArrayList<>();
    await()
        .until(
            () -> {
              consumer
                  .poll(Duration.ofMillis(200))
                  .forEach(each -> bodies.add(ConsumerFixture.body(each)));
              return bodies.size() >= count;
            });
    return bodies;
  }

  @Test
  void everyMemberOfBothClientsGetsEverythingOnceAlsoWhatItFails() throws Exception {
    String topic = fixture.newTopic(3);
    Queue<String> one = new ConcurrentLinkedQueue<>();
    Queue<String> two = new ConcurrentLinkedQueue<>();
    Queue<String> theirs = new ConcurrentLinkedQueue<>();
    List<String> sent = fixture.sendMany(topic, "m", 12);
    startOfficial(topic, theirs);
    fixture.start(options(topic, ConsumerFixture.instance(), one));
    fixture.start(options(topic, ConsumerFixture.instance(), two));

    await().until(() -> one.size() >= 12 && two.size() >= 12 && theirs.size() >= 12);

    assertThat(one).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(two).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(theirs).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void aMemberGoesOnWhereItsFileSaysThatItWas() {
    String topic = fixture.newTopic(2);
    String instance = ConsumerFixture.instance();
    Queue<String> before = new ConcurrentLinkedQueue<>();
    Queue<String> after = new ConcurrentLinkedQueue<>();
    fixture.sendMany(topic, "before", 6);
    PushConsumer first = fixture.start(options(topic, instance, before));
    await().until(() -> before.size() == 6);
    ConsumerFixture.close(first);

    List<String> sent = fixture.sendMany(topic, "after", 6);
    fixture.start(options(topic, instance, after));

    await().until(() -> after.size() >= 6);
    assertThat(after).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void membersThatPullGetEverythingToo() throws Exception {
    String topic = fixture.newTopic(3);
    Queue<String> theirs = new ConcurrentLinkedQueue<>();
    List<String> sent = fixture.sendMany(topic, "m", 12);
    startOfficial(topic, theirs);
    PullConsumer one = startAs(ConsumerFixture.instance(), topic, options -> options);
    PullConsumer two = startAs(ConsumerFixture.instance(), topic, options -> options);

    assertThat(poll(one, 12)).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(poll(two, 12)).containsExactlyInAnyOrderElementsOf(sent);
    await().until(() -> theirs.size() >= 12);
    assertThat(one.assignment()).hasSize(3).isEqualTo(two.assignment());
    one.commit();
    assertThat(one.assignment()).allMatch(queue -> one.committed(queue).equals(OptionalLong.of(4)));
    // Nothing of it is at the broker; 4.x ones say 0 for nothing.
    assertThat(fixture.committed(topic)).allMatch(offset -> offset <= 0);
  }

  @Test
  void aMemberThatPullsGoesOnWhereItsFileSaysThatItWas() {
    String topic = fixture.newTopic(1);
    String instance = ConsumerFixture.instance();
    List<String> sent = fixture.sendTo(topic, 0, "m", 10);
    PullConsumer first = startAs(instance, topic, options -> options.maxPollMessages(4));
    assertThat(poll(first, 4)).isEqualTo(sent.subList(0, 4));
    assertThat(poll(first, 4)).isEqualTo(sent.subList(4, 8));
    MessageQueue queue = first.assignment().iterator().next();
    first.close(ConsumerFixture.CLOSE_TIME);

    PullConsumer second = startAs(instance, topic, options -> options.autoCommit(false));
    assertThat(second.committed(queue)).hasValue(4);
    assertThat(poll(second, 6)).isEqualTo(sent.subList(4, 10));
    second.commit(Map.of(queue, 9L));
    assertThat(second.committed(queue)).hasValue(9);
    second.close(ConsumerFixture.CLOSE_TIME);

    PullConsumer third = startAs(instance, topic, options -> options);
    assertThat(poll(third, 1)).containsExactly("m9");
  }

  @Test
  void aCommitThatCannotBeStoredSaysSo() throws Exception {
    String topic = fixture.newTopic(1);
    fixture.sendTo(topic, 0, "m", 1);
    PullConsumer consumer =
        startAs(ConsumerFixture.instance(), topic, options -> options.autoCommit(false));
    assertThat(poll(consumer, 1)).containsExactly("m0");
    Path file;
    try (Stream<Path> files = Files.walk(directory)) {
      file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    Path fresh = file.resolveSibling(fixture.group + ".new");
    Files.createDirectory(fresh);

    RocketMQException failed =
        catchThrowableOfType(RocketMQException.class, () -> consumer.commit());

    assertThat(failed.category()).isEqualTo(RocketMQException.Category.INTERNAL);
    assertThat(failed).hasMessageContaining(fixture.group);
    Files.delete(fresh);
    consumer.commit();
    assertThat(consumer.committed(consumer.assignment().iterator().next())).hasValue(1);
  }
}
