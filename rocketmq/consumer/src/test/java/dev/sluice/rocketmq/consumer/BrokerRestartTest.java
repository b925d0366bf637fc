package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.ClusterFixture;
import dev.sluice.rocketmq.producer.Producer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that is killed under producers and consumers, and comes back. */
class BrokerRestartTest {
  private static final String TOPIC = TopicNames.unique("killed");

  private final Set<String> received = ConcurrentHashMap.newKeySet();

  /** By key, the numbers as they came first; each is appended to by one handler at a time. */
  private final Map<String, List<Integer>> inOrder = new ConcurrentHashMap<>();

  @ParameterizedTest
  @EnumSource
  void whatIsAcknowledgedArrivesAndInOrderWhereThatIsPromised(
      RocketMQVersion version, @TempDir Path data, Ledger ledger) throws Exception {
    try (RocketMQEngine engine =
            RocketMQEngine.in(data.resolve("broker"))
                .version(version)
                .quickStart()
                .ledger(ledger)
                .start();
        ClusterFixture fixture =
            new ClusterFixture(engine.nameServerAddress(), UnaryOperator.identity(), ledger);
        PushConsumer concurrent = consumer(fixture, options -> options.handler(this::note));
        PushConsumer ordered =
            consumer(fixture, options -> options.orderedHandler(this::noteInOrder))) {
      String topic = fixture.newTopic(TOPIC, 4);
      Producer producer = fixture.producer(o -> o.sendTimeout(Duration.ofSeconds(5)));
      NumberedSends sends = new NumberedSends(producer, topic, 6);
      try {
        concurrent.start();
        ordered.start();
        await().until(() -> received.size() > 100 && arrivedInOrder() > 100);
        for (int kill = 0; kill < 2; kill++) {
          engine.kill().toCompletableFuture().join();
          engine.restart();
          int before = sends.count();
          await().until(() -> sends.count() > before + 100);
        }
      } finally {
        sends.stop();
      }
      List<String> acknowledged = sends.acknowledged();

      await().untilAsserted(() -> assertThat(received).containsAll(acknowledged));
      await().until(() -> acknowledged.stream().allMatch(this::hasArrivedInOrder));
      assertThat(outOfOrder(Set.copyOf(acknowledged))).isEmpty();
      assertThat(concurrent.close(Deadline.after(Duration.ofSeconds(20))).clean()).isTrue();
      assertThat(ordered.close(Deadline.after(Duration.ofSeconds(20))).clean()).isTrue();
    }
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(2));
  }

  private static PushConsumer consumer(
      ClusterFixture fixture, UnaryOperator<PushConsumerOptionsBuilder> settings) {
    return new DefaultPushConsumer(
        settings
            .apply(
                PushConsumerOptions.builder(
                        fixture.client().instanceName(ConsumerFixture.instance()).build(),
                        TopicNames.unique("group"))
                    .subscribe(TOPIC)
                    .startFrom(StartFrom.first())
                    .rebalanceInterval(Duration.ofSeconds(2)))
            .build(),
        fixture.runtimes);
  }

  private ConsumeResult note(ReceivedMessage message) {
    received.add(ConsumerFixture.body(message));
    return ConsumeResult.success();
  }

  private ConsumeResult noteInOrder(ReceivedMessage message) {
    String body = ConsumerFixture.body(message);
    int number = NumberedSends.numberOf(body);
    inOrder.compute(
        NumberedSends.keyOf(body),
        (key, before) -> {
          List<Integer> numbers = before == null ? new ArrayList<>() : before;
          if (!numbers.contains(number)) {
            numbers.add(number);
          }
          return numbers;
        });
    return ConsumeResult.success();
  }

  private int arrivedInOrder() {
    return inOrder.values().stream().mapToInt(List::size).sum();
  }

  private boolean hasArrivedInOrder(String body) {
    boolean[] here = new boolean[1];
    inOrder.computeIfPresent(
        NumberedSends.keyOf(body),
        (key, numbers) -> {
          here[0] = numbers.contains(NumberedSends.numberOf(body));
          return numbers;
        });
    return here[0];
  }

  /** What was acknowledged and came for the first time after what was acknowledged after it. */
  private List<String> outOfOrder(Set<String> acknowledged) {
    List<String> wrong = new ArrayList<>();
    inOrder.forEach(
        (key, numbers) -> {
          int last = -1;
          for (int number : numbers) {
            if (acknowledged.contains(key + ':' + number)) {
              if (number < last) {
                wrong.add(key + ": " + number + " after " + last);
              }
              last = Math.max(last, number);
            }
          }
        });
    return wrong;
  }
}
