package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.ClusterFixture;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerOptions;
import dev.sluice.rocketmq.producer.SendResult;
import dev.sluice.rocketmq.remoting.ClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients do while a network takes parts of their cluster away, and after that. */
class ClusterFaultsTest {
  @TempDir static Path data;
  private static FaultyCluster cluster;

  private ClusterFixture fixture;
  private Ledger ledger;
  private final List<PushConsumer> consumers = new ArrayList<>();
  private final List<PopConsumer> popping = new ArrayList<>();
  private final Set<String> received = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void start() throws IOException {
    cluster = new FaultyCluster(data.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void connect(Ledger ledger) {
    this.ledger = ledger;
    fixture =
        new ClusterFixture(
            cluster.nameServers(), client -> client.callTimeout(Duration.ofSeconds(3)), ledger);
  }

  @AfterEach
  void close() {
    cluster.names.pass();
    cluster.broker.cut();
    cluster.broker.pass();
    consumers.forEach(each -> each.close(Deadline.after(Duration.ofSeconds(20))));
    popping.forEach(each -> each.close(Duration.ofSeconds(20)));
    fixture.close();
  }

  private static ConditionFactory await() {
    return Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptionsMatching(
            e -> e instanceof RocketMQException || e instanceof ClientException);
  }

  private ClientOptions client() {
    return fixture.client().instanceName(ConsumerFixture.instance()).build();
  }

  private Producer producer(Duration sendTimeout) {
    return fixture.start(
        ProducerOptions.builder(client(), TopicNames.unique("producers"))
            .sendTimeout(sendTimeout)
            .build());
  }

  private PushConsumer consumer(String topic) {
    return consumer(topic, client());
  }

  private PushConsumer consumer(String topic, ClientOptions client) {
    PushConsumer consumer =
        new DefaultPushConsumer(
            PushConsumerOptions.builder(client, TopicNames.unique("group"))
                .subscribe(topic)
                .startFrom(StartFrom.first())
                .pullWait(Duration.ofSeconds(1))
                .rebalanceInterval(Duration.ofSeconds(2))
                .handler(
                    message -> {
                      received.add(ConsumerFixture.body(message));
                      return ConsumeResult.success();
                    })
                .build(),
            fixture.runtimes);
    consumer.start();
    consumers.add(consumer);
    return consumer;
  }

  private PopConsumer popping(String group, String topic) {
    PopConsumer consumer =
        new DefaultPopConsumer(
            PopConsumerOptions.builder(client(), group)
                .subscribe(topic)
                .startFrom(StartFrom.first())
                .ordered(true)
                .build(),
            fixture.runtimes);
    consumer.start();
    popping.add(consumer);
    return consumer;
  }

  @Test
  void anOrderedPopWhoseAnswerIsLostIsMadeAgainAndGetsTheSame() {
    String topic = fixture.newTopic(1);
    String group = TopicNames.unique("group");
    PopConsumer consumer = popping(group, topic);
    PopConsumer other = popping(group, topic);
    assertThat(consumer.receive(1, Duration.ZERO)).isEmpty();
    assertThat(other.receive(1, Duration.ZERO)).isEmpty();
    SendResult unused = producer(Duration.ofSeconds(30)).send(message(topic, "m"));
    cluster.broker.cutAfterToClient(1);

    assertThatThrownBy(() -> consumer.receive(1, Duration.ZERO, Duration.ofHours(1)))
        .isInstanceOf(RocketMQException.class);
    cluster.broker.pass();

    await().until(() -> other.receive(1, Duration.ZERO).isEmpty());
    List<Delivery> received = new ArrayList<>();
    await()
        .until(
            () -> {
              received.addAll(consumer.receive(1, Duration.ofSeconds(1)));
              return !received.isEmpty();
            });
    assertThat(ConsumerFixture.body(received.getFirst().message())).isEqualTo("m");
    assertThat(received.getFirst().message().attempt()).isEqualTo(1);
    received.getFirst().ack();
  }

  private static Message message(String topic, String body) {
    return Message.builder(topic, body).build();
  }

  private void exchange(Producer producer, String topic, String body) {
    await().until(() -> producer.send(message(topic, body)) != null);
    await().until(() -> received.contains(body));
  }

  @Test
  void withoutNameServerKnownRoutesWorkAndWhoIsNewSaysWhatIsMissing() {
    String topic = fixture.newTopic(2);
    Producer known = producer(Duration.ofSeconds(30));
    consumer(topic);
    exchange(known, topic, "before");

    FaultyCluster.takeAway(cluster.names);
    assertThatThrownBy(() -> fixture.route(topic)).isInstanceOf(ClientException.class);
    for (int i = 0; i < 20; i++) {
      exchange(known, topic, "without " + i);
    }
    Producer late = producer(Duration.ofSeconds(30));
    RocketMQException failure =
        catchThrowableOfType(RocketMQException.class, () -> late.send(message(topic, "late")));
    consumer(topic);

    assertThat(failure.category()).isEqualTo(Category.UNAVAILABLE);
    assertThat(failure).hasMessageContaining(cluster.nameServers());

    cluster.names.pass();
    exchange(late, topic, "after");
    await().until(() -> consumers.stream().noneMatch(each -> each.assignment().isEmpty()));
  }

  @Test
  void withoutNameServerBrokersAreToldOfMembers() {
    String topic = fixture.newTopic(2);
    Producer producer = producer(Duration.ofSeconds(30));
    PushConsumer first = consumer(topic);
    exchange(producer, topic, "before");

    FaultyCluster.takeAway(cluster.names);
    PushConsumer second = consumer(topic, first.options().client());

    await().until(() -> !second.assignment().isEmpty());
    first.close(Deadline.after(Duration.ofSeconds(20)));
    exchange(producer, topic, "to the second");
  }

  @Test
  void onASilentNetworkNoCallOutlivesItsDeadline() {
    String topic = fixture.newTopic(2);
    Producer producer = producer(Duration.ofSeconds(2));
    await().until(() -> producer.send(message(topic, "before")) != null);

    cluster.broker.stall();
    List<CompletableFuture<SendResult>> sends = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      sends.add(producer.sendAsync(message(topic, "silent " + i)));
    }

    // It is silent all the while; nothing but deadlines ends anything.
    await().until(() -> sends.stream().allMatch(CompletableFuture::isDone));
    assertThat(ledger.open("send")).isZero();
    await().pollInterval(Duration.ofMillis(10)).until(() -> ledger.open("pending call") == 0);
    assertThat(sends)
        .allSatisfy(
            send ->
                assertThat(send.exceptionNow())
                    .isInstanceOfSatisfying(
                        RocketMQException.class,
                        each ->
                            assertThat(each.category())
                                .isIn(Category.UNKNOWN_OUTCOME, Category.TIMEOUT)));

    cluster.broker.cut();
    cluster.broker.pass();
    await().until(() -> producer.send(message(topic, "after")) != null);
  }

  @Test
  void whoseConnectionsAreHalfOpenConnectsAgainAndGoesOn() {
    String topic = fixture.newTopic(2);
    Producer producer = producer(Duration.ofSeconds(2));
    consumer(topic);
    exchange(producer, topic, "before");
    long before = cluster.broker.accepted();

    cluster.broker.lose();

    exchange(producer, topic, "after");
    assertThat(cluster.broker.accepted()).isGreaterThan(before);
  }

  @Test
  void whenABrokerIsBackManyClientsComeBackWithoutAStorm() {
    String topic = fixture.newTopic(2);
    List<Producer> producers = new ArrayList<>();
    Queue<String> sent = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 20; i++) {
      producers.add(producer(Duration.ofSeconds(1)));
    }
    for (Producer each : producers) {
      await().until(() -> each.send(message(topic, "before")) != null);
    }
    long began = System.nanoTime();
    long before = cluster.broker.accepted();

    FaultyCluster.takeAway(cluster.broker);
    // Everyone wants to send, all the time.
    await()
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              for (Producer each : producers) {
                var unused = each.sendAsync(message(topic, "away"));
              }
              return System.nanoTime() - began > Duration.ofSeconds(3).toNanos();
            });
    long attempts = cluster.broker.accepted() - before;
    double seconds = (System.nanoTime() - began) / 1e9;
    cluster.broker.pass();
    for (Producer each : producers) {
      await().until(() -> each.send(message(topic, "after")) != null && sent.add("after"));
    }

    // Each client has a connection for each loop at most, and pauses of 0.1 s that double to 5 s,
    // a fifth shorter perhaps; one of them is the fixture's.
    int connections =
        (producers.size() + 1) * Math.min(4, Runtime.getRuntime().availableProcessors());
    double each = 2 + Math.log(seconds / 0.08) / Math.log(2) + seconds / 4;
    assertThat(attempts).isBetween(1L, (long) (connections * each));
    assertThat(sent).hasSize(producers.size());
  }
}
