package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQVersion;
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
abstract class OrderedConsumersContract {

  static final Duration PATIENCE = Duration.ofMinutes(2);
  static final List<String> KEYS =
      List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
  static final int EACH = 50;

  private final String topic = TopicNames.unique("ordered");
  private final List<Client> clients = new ArrayList<>();

  private final RocketMQVersion version;

  @TempDir Path data;

  OrderedConsumersContract(RocketMQVersion version) {
    this.version = version;
  }

  @AfterEach
  void closeClients() {
    clients.forEach(Client::close);
  }

  final RunningGateway start(Map<String, String> settings) throws Exception {
    return RunningGateway.before(SharedEngine.of(version).nameServerAddress(), data, settings);
  }

  final Client client(RunningGateway gateway) {
    Client client = Client.to(gateway.grpc());
    clients.add(client);
    return client;
  }

  private static MessageToSend.Builder message(String key, int number) {
    return MessageToSend.newBuilder()
        .setMessageBody(key + ":" + number)
        .setProperties(MessageProperties.newBuilder().setShardingKey(key));
  }

  final void send(Client client, List<String> keys, int from, int to) {
    List<MessageToSend.Builder> messages = new ArrayList<>();
    for (int number = from; number < to; number++) {
      for (String key : keys) {
        messages.add(message(key, number));
      }
    }
    client.sendAll(client.producer(topic), messages);
  }

  final Reader open(Client client) {
    return client.open(client.orderedConsumer(topic, "ordered", Duration.ZERO));
  }

  /** Acknowledges each after a moment, so that several are under way. */
  static void work(Reader reader, KeyOrder order, ScheduledExecutorService pace) {
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

      // Both before one of them has everything.
      Reader first = open(one).awaitOpen();
      Reader second = open(two).awaitOpen();
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
  void whatIsRetriedAndWhatIsHeldTooLongIsPassedByNothingOfItsKey() throws Exception {
    try (RunningGateway gateway = start(Map.of())) {
      Client client = client(gateway);
      send(client, List.of("k"), 0, 4);
      Reader reader = client.read(client.orderedConsumer(topic, "ordered", Duration.ofSeconds(10)));

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
      Reader reader = client.open(client.orderedConsumer(topic, group, Duration.ZERO));
      reader
          .handling(
              message -> {
                if (message.getMessageBody().equals("c:4")) {
                  pace.execute(() -> reader.retry(client, message, Duration.ZERO));
                } else {
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
