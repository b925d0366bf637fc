package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.ClusterFixture;
import dev.sluice.rocketmq.producer.Producer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers of a broker that is too busy for a while to have its queues read. */
class BusyBrokerTest {
  private static final String OUTSIDE = "127.0.0.2";
  private static final int QUEUES = 2;
  private static final int REFUSALS = 4;
  private static final Duration CLOSE_TIME = Duration.ofSeconds(20);

  @TempDir static Path data;
  private static RocketMQEngine engine;
  private static BusyRelay broker;

  private final List<String> sent = new ArrayList<>();
  private final String group = TopicNames.unique("group");
  private ClusterFixture fixture;
  private Producer producer;
  private String topic;

  @BeforeAll
  static void start() throws IOException {
    engine =
        RocketMQEngine.in(data.resolve("broker"))
            .quickStart()
            .brokerSetting("brokerIP1", OUTSIDE)
            .start();
    String inside = engine.brokerAddress();
    int port = Integer.parseInt(inside.substring(inside.indexOf(':') + 1));
    broker =
        new BusyRelay(
            new InetSocketAddress(OUTSIDE, port),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  @AfterAll
  static void stop() throws IOException {
    broker.close();
    engine.close();
  }

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = new ClusterFixture(engine.nameServerAddress(), client -> client, ledger);
    topic = fixture.newTopic(QUEUES);
    producer = fixture.producer();
  }

  @AfterEach
  void close() {
    broker.calm();
    fixture.close();
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(ClusterFixture.PATIENCE);
  }

  private ClientOptions client() {
    return fixture.client().instanceName(ConsumerFixture.instance()).build();
  }

  private void send(String prefix) {
    for (int i = 0; i < 10; i++) {
      producer.send(Message.builder(topic, prefix + i).build());
      sent.add(prefix + i);
    }
  }

  /** Until each queue was refused so many times since it became busy. */
  private void awaitRefusals(int count) {
    await()
        .until(
            () ->
                IntStream.range(0, QUEUES)
                    .allMatch(queue -> broker.refused(topic, queue).size() >= count));
  }

  /** A tenth of a second at first, and twice as much each time. */
  private void assertBackedOff() {
    for (int queue = 0; queue < QUEUES; queue++) {
      List<Long> times = broker.refused(topic, queue);
      for (int i = 0; i + 1 < REFUSALS; i++) {
        assertThat(Duration.ofNanos(times.get(i + 1) - times.get(i)))
            .as("after refusal %d of queue %d", i + 1, queue)
            .isGreaterThanOrEqualTo(Duration.ofMillis(100L << i));
      }
    }
  }

  @Test
  void aPushConsumerAsksLessAndLessOftenAndGoesOnWhereItWas() {
    Queue<String> received = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        new DefaultPushConsumer(
            PushConsumerOptions.builder(client(), group)
                .subscribe(topic)
                .startFrom(StartFrom.first())
                .pullWait(Duration.ofSeconds(1))
                .handler(
                    message -> {
                      received.add(ConsumerFixture.body(message));
                      return ConsumeResult.success();
                    })
                .build(),
            fixture.runtimes);
    consumer.start();
    try {
      send("before");
      await().until(() -> received.size() >= sent.size());
      broker.busy();
      awaitRefusals(1);
      send("during");

      awaitRefusals(REFUSALS);
      assertThat(received).allMatch(body -> body.startsWith("before"));
      assertBackedOff();

      broker.calm();
      send("after");
      await().until(() -> received.size() >= sent.size());
      assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
    } finally {
      consumer.close(Deadline.after(CLOSE_TIME));
    }
  }

  @Test
  void aPullConsumerAsksLessAndLessOftenAndGoesOnWhereItWas() {
    PullConsumer consumer =
        new DefaultPullConsumer(
            PullConsumerOptions.builder(client(), group)
                .subscribe(topic)
                .startFrom(StartFrom.first())
                .pullWait(Duration.ofSeconds(1))
                .build(),
            fixture.runtimes);
    consumer.start();
    try {
      List<String> polled = new ArrayList<>();
      send("before");
      pollAll(consumer, polled);
      broker.busy();
      awaitRefusals(1);
      send("during");

      awaitRefusals(REFUSALS);
      assertThat(consumer.poll(Duration.ofMillis(100))).isEmpty();
      assertBackedOff();

      broker.calm();
      send("after");
      pollAll(consumer, polled);
      assertThat(polled).containsExactlyInAnyOrderElementsOf(sent);
      consumer.commit();
      assertThat(
              consumer.assignment().stream()
                  .mapToLong(queue -> consumer.committed(queue).orElse(0))
                  .sum())
          .isEqualTo(sent.size());
    } finally {
      consumer.close(CLOSE_TIME);
    }
  }

  private void pollAll(PullConsumer consumer, List<String> polled) {
    await()
        .until(
            () -> {
              for (ReceivedMessage message : consumer.poll(Duration.ofMillis(500))) {
                polled.add(ConsumerFixture.body(message));
              }
              return polled.size() >= sent.size();
            });
  }
}
