package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ordered consumers before a real broker: whatever happens, no message of a key passes another. */
class OrderedConsumersTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<String> KEYS =
      List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
  private static final int EACH = 50;

  private final String topic = TopicNames.unique("ordered");
  private final List<Client> clients = new ArrayList<>();

  @TempDir Path data;

  @AfterEach
  void closeClients() {
    clients.forEach(Client::close);
  }

  private RunningGateway start(Map<String, String> settings) throws Exception {
    return RunningGateway.before(SharedEngine.rocketmq5().nameServerAddress(), data, settings);
  }

  private Client client(RunningGateway gateway) {
    Client client = Client.to(gateway.grpc());
    clients.add(client);
    return client;
  }

  private static MessageToSend.Builder message(String key, int number) {
    return MessageToSend.newBuilder()
        .setMessageBody(key + ":" + number)
        .setProperties(MessageProperties.newBuilder().setShardingKey(key));
  }

  private void send(Client client, List<String> keys, int from, int to) {
    List<MessageToSend.Builder> messages = new ArrayList<>();
    for (int number = from; number < to; number++) {
      for (String key : keys) {
        messages.add(message(key, number));
      }
    }
    client.sendAll(client.producer(topic), messages);
  }

  private Reader open(Client client) {
    return client.open(client.orderedConsumer(topic, "ordered", Duration.ZERO));
  }

  /** Acknowledges each after a moment, so that several are under way. */
  private static void work(Reader reader, KeyOrder order, ScheduledExecutorService pace) {
    reader
        .handling(
            message -> {
              order.came(message);
              var _ =
                  pace.schedule(
                      () -> {
                        order.acknowledging(message);
                        reader.ack(message);
                      },
                      5,
                      TimeUnit.MILLISECONDS);
            })
        .readAll();
  }

  @Test
  void twoConsumersShareTheKeysAndEachKeyComesInItsOrder() throws Exception {
    var order = new KeyOrder();
    try (RunningGateway gateway = start(Map.of());
        ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor()) {
      Client one = client(gateway);
      Client two = client(gateway);
      send(one, KEYS, 0, EACH);

      Reader first = open(one);
      Reader second = open(two);
      work(first, order, pace);
      work(second, order, pace);

      await().atMost(PATIENCE).until(() -> order.seen() == KEYS.size() * EACH);
      await().atMost(PATIENCE).until(() -> gateway.open("held delivery") == 0);
      assertThat(order.violations()).isEmpty();
      assertThat(order.repetitions()).isZero();
      assertThat(first.messages()).isNotEmpty();
      assertThat(second.messages()).isNotEmpty();
      assertThat(first.refused()).isEmpty();
      assertThat(second.refused()).isEmpty();
    }
  }

  @Test
  void keysKeepTheirOrderThroughTwoGatewaysOfWhichOneIsKilled() throws Exception {
    var order = new KeyOrder();
    // What the killed one holds comes again after this.
    Map<String, String> settings = Map.of("INVISIBLE_DURATION", "10s");
    try (RunningGateway killed = start(settings);
        RunningGateway living = start(settings);
        ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor()) {
      Client one = client(killed);
      Client two = client(living);
      Reader first = open(one);
      Reader second = open(two);
      work(first, order, pace);
      work(second, order, pace);
      send(two, KEYS, 0, EACH);
      await().atMost(PATIENCE).until(() -> order.seen() > KEYS.size() * 10);
      assertThat(first.messages()).isNotEmpty();

      // when
      killed.process().kill();
      send(two, KEYS, EACH, 2 * EACH);

      // then
      await().atMost(PATIENCE).until(() -> order.seen() == KEYS.size() * EACH * 2);
      await().atMost(PATIENCE).until(() -> living.open("held delivery") == 0);
      assertThat(order.violations()).isEmpty();
      System.out.printf(
          "ordered: one of two gateways killed: %d of %d messages came again%n",
          order.repetitions(), KEYS.size() * EACH * 2);
    }
  }

  @Test
  void whatAnEndedStreamHeldGoesInOrderToAnotherGateway() throws Exception {
    var order = new KeyOrder();
    try (RunningGateway left = start(Map.of("INVISIBLE_DURATION", "10m"));
        RunningGateway other = start(Map.of("INVISIBLE_DURATION", "10m"));
        ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor()) {
      Client one = client(left);
      send(one, KEYS, 0, EACH);
      Reader first = open(one).handling(order::came).readAll();
      await().atMost(PATIENCE).until(() -> first.messages().size() == KEYS.size());
      work(open(client(other)), order, pace);

      // when
      long begun = System.nanoTime();
      first.cancel();

      // then
      await().atMost(PATIENCE).until(() -> order.repetitions() == KEYS.size());
      System.out.printf(
          "hand-back of ordered queues through another gateway: %d ms%n",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
      await().atMost(PATIENCE).until(() -> order.seen() == KEYS.size() * EACH);
      assertThat(order.violations()).isEmpty();
    }
  }

  @Test
  void whatIsRetriedAndWhatIsHeldTooLongIsPassedByNothingOfItsKey() throws Exception {
    try (RunningGateway gateway = start(Map.of())) {
      Client client = client(gateway);
      send(client, List.of("k"), 0, 4);
      Reader reader = client.read(client.orderedConsumer(topic, "ordered", Duration.ofSeconds(3)));

      // when the first is given back twice, then kept for too long, and then acknowledged
      awaitBodies(reader, "k:0");
      reader.retry(client, reader.messages().getLast(), Duration.ZERO);
      awaitBodies(reader, "k:0", "k:0");
      reader.retry(client, reader.messages().getLast(), Duration.ofSeconds(2));
      awaitBodies(reader, "k:0", "k:0", "k:0");
      awaitBodies(reader, "k:0", "k:0", "k:0", "k:0");
      reader.ack(reader.messages().getLast());

      // then
      awaitBodies(reader, "k:0", "k:0", "k:0", "k:0", "k:1");
      reader.ack(reader.messages().getLast());
      awaitBodies(reader, "k:0", "k:0", "k:0", "k:0", "k:1", "k:2");
      assertThat(reader.messages())
          .extracting(Message::getReconsumeTimes)
          .containsExactly(0, 1, 2, 3, 0, 0);
      assertThat(reader.refused()).isEmpty();
      reader.ack(reader.messages().getLast());
      await().atMost(PATIENCE).until(() -> reader.bodies().contains("k:3"));
    }
  }

  private static void awaitBodies(Reader reader, String... bodies) {
    await().atMost(PATIENCE).until(() -> reader.messages().size() >= bodies.length);
    assertThat(reader.bodies()).containsExactly(bodies);
  }

  @Test
  void aKeyGoesOnWhenItsMessageIsADeadLetter() throws Exception {
    var order = new KeyOrder();
    try (RunningGateway gateway = start(Map.of("MAX_ATTEMPTS", "3"));
        ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor()) {
      Client client = client(gateway);
      send(client, KEYS, 0, 10);
      String group = TopicNames.unique("ordered-dead");
      Reader reader = client.open(client.orderedConsumer(topic, group, Duration.ofSeconds(1)));
      reader
          .handling(
              message -> {
                if (!message.getMessageBody().equals("c:4")) {
                  order.came(message);
                  order.acknowledging(message);
                  var _ = pace.schedule(() -> reader.ack(message), 5, TimeUnit.MILLISECONDS);
                }
              })
          .readAll();

      // then it came three times, and everything else once
      await().atMost(PATIENCE).until(() -> order.seen() == KEYS.size() * 10 - 1);
      await().atMost(PATIENCE).until(() -> gateway.open("held delivery") == 0);
      assertThat(reader.bodies().stream().filter("c:4"::equals)).hasSize(3);
      assertThat(order.repetitions()).isZero();
      assertThat(order.violations()).containsExactly("c:5 came after c:3");
      assertThat(gateway.sample("sluice_dead_letters_total")).isEqualTo(1);

      Reader dead = client.read(client.consumer("%DLQ%" + group, TopicNames.unique("undertakers")));
      await().atMost(PATIENCE).until(() -> dead.messages().size() == 1);
      assertThat(dead.bodies()).containsExactly("c:4");
    }
  }
}
