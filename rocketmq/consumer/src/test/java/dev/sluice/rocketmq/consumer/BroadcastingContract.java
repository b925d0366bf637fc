package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.group.ConsumeModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
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

  @Test
  void everyMemberOfBothClientsGetsEverythingOnceAlsoWhatItFails() throws Exception {
    String topic = fixture.newTopic(3);
    Queue<String> one = new ConcurrentLinkedQueue<>();
    Queue<String> two = new ConcurrentLinkedQueue<>();
    Queue<String> theirs = new ConcurrentLinkedQueue<>();
    List<String> sent = fixture.sendMany(topic, "m", 12);
    DefaultMQPushConsumer official = fixture.official();
    official.setMessageModel(MessageModel.BROADCASTING);
    official.subscribe(topic, "*");
    official.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              messages.forEach(
                  each -> theirs.add(new String(each.getBody(), StandardCharsets.UTF_8)));
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    official.start();
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
}
