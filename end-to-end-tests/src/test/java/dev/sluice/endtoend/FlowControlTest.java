package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Consumers that do not keep up, before a real broker: the gateway takes no more for them than they
 * may hold, nobody else waits for them, and nothing is lost.
 */
@Execution(ExecutionMode.CONCURRENT)
class FlowControlTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String FULL = "sluice_channel_full_events_total";

  private final String topic = TopicNames.unique("flow");
  private final List<Client> clients = new ArrayList<>();

  @TempDir Path data;

  @AfterEach
  void closeClients() {
    clients.forEach(Client::close);
  }

  private RunningGateway start(Map<String, String> settings) throws Exception {
    return RunningGateway.before(SharedEngine.rocketmq5().nameServerAddress(), data, settings);
  }

  private Client client(String address) {
    Client client = Client.to(address);
    clients.add(client);
    return client;
  }

  private static List<String> bodies(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
  }

  /** Bodies of 8,000 characters. */
  private static List<String> large(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i + " ".repeat(8000)).toList();
  }

  private static void awaitAll(Reader reader, List<String> bodies) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(new HashSet<>(reader.bodies()))
                    .hasSize(bodies.size())
                    .containsAll(bodies.stream().map(String::strip).toList()));
  }

  /** Messages of this test's topic that the gateway has taken from the broker. */
  private double taken(RunningGateway gateway) {
    return gateway.sample("sluice_topic_messages_received_total{topic=\"" + topic + "\"}");
  }

  @Test
  void whoeverNeverAcknowledgesGetsItsCreditAndThenDeliveryPauses() throws Exception {
    try (RunningGateway gateway = start(Map.of("MESSAGE_BUFFER_SIZE", "20"))) {
      Client client = client(gateway.grpc());
      List<String> bodies = bodies(200);
      Reader silent = client.read(client.consumer(topic, "silent"));
      client.send(client.producer(topic), bodies);

      // then it gets its credit, one pause is counted, and the gateway asks for nothing more
      await().atMost(PATIENCE).until(() -> silent.messages().size() == 20);
      await().atMost(PATIENCE).until(() -> gateway.sample(FULL) == 1);
      assertThat(taken(gateway)).isEqualTo(20);
      assertThat(gateway.open("held delivery")).isEqualTo(20);

      // when another group consumes all of the topic meanwhile
      String others = client.consumer(topic, "others");
      awaitAll(client.open(others).acknowledging().readAll(), bodies);

      // then the first still has what it had
      assertThat(silent.messages()).hasSize(20);
      assertThat(silent.end()).isNull();
      assertThat(taken(gateway)).isEqualTo(220);

      // and each acknowledgement brings one more
      silent.messages().subList(0, 5).forEach(silent::ack);
      await().atMost(PATIENCE).until(() -> silent.messages().size() == 25);
      assertThat(silent.refused()).isEmpty();

      // when its stream ends
      silent.cancel();
      String heir = client.consumer(topic, "silent");
      Reader heirs = client.open(heir).acknowledging().readAll();

      // then another gets all that it has not acknowledged
      List<String> left = new ArrayList<>(bodies);
      left.removeAll(silent.bodies().subList(0, 5));
      awaitAll(heirs, left);
      assertThat(heirs.bodies()).doesNotHaveDuplicates();
      assertThat(heirs.refused()).isEmpty();
      clients.forEach(Client::close);
      gateway.endsCleanly();
    }
  }

  @Test
  void anotherStreamOfItsGroupGetsAllThatItHasNoRoomFor() throws Exception {
    try (RunningGateway gateway = start(Map.of("MESSAGE_BUFFER_SIZE", "20"))) {
      Client client = client(gateway.grpc());
      List<String> bodies = bodies(200);
      Reader silent = client.read(client.consumer(topic, "shared"));
      client.send(client.producer(topic), bodies);
      await().atMost(PATIENCE).until(() -> silent.messages().size() == 20);

      // when
      String second = client.consumer(topic, "shared");
      Reader working = client.open(second).acknowledging().readAll();

      // then it gets the rest, while the other keeps what it has
      List<String> rest = new ArrayList<>(bodies);
      rest.removeAll(silent.bodies());
      awaitAll(working, rest);
      assertThat(silent.messages()).hasSize(20);

      // and when the other's stream ends, what it held
      silent.cancel();
      awaitAll(working, bodies);
      assertThat(working.bodies()).doesNotHaveDuplicates();
      assertThat(working.refused()).isEmpty();
      assertThat(reconsumed(working)).isEqualTo(20);
    }
  }

  private static long reconsumed(Reader reader) {
    return reader.messages().stream().filter(message -> message.getReconsumeTimes() > 0).count();
  }

  @Test
  void whoeverNeverAcknowledgesHoldsNoMoreBytesThanItMay() throws Exception {
    try (RunningGateway gateway = start(Map.of("MESSAGE_BUFFER_BYTES", "100KB"))) {
      Client client = client(gateway.grpc());
      Reader silent = client.read(client.consumer(topic, "bytes"));
      client.send(client.producer(topic), large(300));

      // then it has as many as begin within its bytes
      await().atMost(PATIENCE).until(() -> silent.messages().size() == 13);
      await().atMost(PATIENCE).until(() -> gateway.sample(FULL) == 1);
      // What came in the same answer of the broker waits in the gateway.
      assertThat(taken(gateway)).isLessThanOrEqualTo(13 + 32);
      String others = client.consumer(topic, "others");
      awaitAll(client.open(others).acknowledging().readAll(), large(300));
      assertThat(silent.messages()).hasSize(13);
    }
  }

  @Test
  void whoeverNeverReadsItsStreamIsBoundedByTheWindowAndNobodyElseWaits() throws Exception {
    try (RunningGateway gateway = start(Map.of())) {
      Client client = client(gateway.grpc());
      List<String> bodies = large(600);
      Reader unread = client.open(client.consumer(topic, "unread"));
      client.send(client.producer(topic), bodies);

      await().atMost(PATIENCE).until(() -> gateway.sample(FULL) == 1);
      assertBounded(gateway);

      // when others consume on a connection of their own, in another group and in its own
      Client worker = client(gateway.grpc());
      awaitAll(worker.open(worker.consumer(topic, "others")).acknowledging().readAll(), bodies);
      Reader heir = worker.open(worker.consumer(topic, "unread")).acknowledging().readAll();
      await()
          .atMost(PATIENCE)
          .until(() -> heir.messages().size() >= bodies.size() - gateway.open("held delivery"));
      assertThat(unread.messages()).isEmpty();

      // and what it never read is not lost
      unread.cancel();
      awaitAll(heir, bodies);
      assertThat(heir.refused()).isEmpty();
      assertThat(heir.bodies()).doesNotHaveDuplicates();
    }
  }

  /** The window, what the gateway writes ahead, and one answer of the broker. */
  private void assertBounded(RunningGateway gateway) {
    double most = (Client.WINDOW_BYTES + 32 * 1024) / 8000.0 + 1 + 32;
    assertThat(taken(gateway)).isBetween(1.0, most);
    assertThat(gateway.open("held delivery")).isLessThanOrEqualTo((long) most);
  }

  @Test
  void whoeverFallsSilentIsBoundedUntilItIsFoundDeadAndThenItsMessagesGoToOthers(Ledger ledger)
      throws Exception {
    try (RunningGateway gateway =
        start(Map.of("KEEPALIVE_TIME", "10s", "KEEPALIVE_TIMEOUT", "10s"))) {
      FaultyNetwork network = FaultyNetwork.start(ledger, gateway.address());
      try {
        Client lost = client("127.0.0.1:" + network.port());
        List<String> bodies = large(600);
        Reader silent = lost.read(lost.consumer(topic, "stalled"));
        Client worker = client(gateway.grpc());
        String producer = worker.producer(topic);
        worker.send(producer, bodies.subList(0, 1));
        await().atMost(PATIENCE).until(() -> silent.messages().size() == 1);

        // when nothing passes any more, which only time tells
        network.stall();
        worker.send(producer, bodies.subList(1, 600));
        await().atMost(PATIENCE).until(() -> gateway.sample(FULL) == 1);
        assertBounded(gateway);
        awaitAll(worker.open(worker.consumer(topic, "others")).acknowledging().readAll(), bodies);

        // then another of its group gets everything, what it held and could not acknowledge too
        Reader heir = worker.open(worker.consumer(topic, "stalled")).acknowledging().readAll();
        awaitAll(heir, bodies);
        assertThat(heir.refused()).isEmpty();
      } finally {
        network.close(Deadline.after(Duration.ofSeconds(5)));
      }
    }
  }

  /** It holds each message for longer than one stays hidden at the broker. */
  @Test
  void aSlowConsumerGetsEverythingOnceAtItsOwnPace() throws Exception {
    int buffer = 30;
    try (RunningGateway gateway =
            start(Map.of("MESSAGE_BUFFER_SIZE", "" + buffer, "INVISIBLE_DURATION", "15s"));
        ScheduledExecutorService work = Executors.newSingleThreadScheduledExecutor()) {
      Client client = client(gateway.grpc());
      List<String> bodies = bodies(60);
      client.send(client.producer(topic), bodies);
      var handled = new AtomicInteger();
      var mostHeld = new AtomicInteger();
      Reader slow =
          client
              .open(client.consumer(topic, "slow"))
              .handling(new AtCallersPace(handled, mostHeld)::came)
              .readAll();

      // when each takes half a second and a little more
      var _ =
          work.scheduleAtFixedRate(
              () -> {
                if (handled.get() < slow.messages().size()) {
                  slow.ack(slow.messages().get(handled.getAndIncrement()));
                }
              },
              550,
              550,
              TimeUnit.MILLISECONDS);

      // then
      await().atMost(PATIENCE.multipliedBy(2)).until(() -> handled.get() >= bodies.size());
      await().atMost(PATIENCE).until(() -> gateway.open("held delivery") == 0);
      assertThat(slow.bodies()).containsExactlyInAnyOrderElementsOf(bodies);
      assertThat(slow.refused()).isEmpty();
      assertThat(mostHeld.get()).isEqualTo(buffer);
      assertThat(gateway.sample("sluice_renewals_total")).isPositive();
      assertThat(gateway.sample("sluice_redeliveries_total")).isZero();
      assertThat(gateway.sample(FULL)).isPositive();
    }
  }

  /** How many messages a consumer had at once, as it sees it. */
  private record AtCallersPace(AtomicInteger handled, AtomicInteger most, AtomicInteger came) {
    AtCallersPace(AtomicInteger handled, AtomicInteger most) {
      this(handled, most, new AtomicInteger());
    }

    void came(Message message) {
      most.accumulateAndGet(came.incrementAndGet() - handled.get(), Math::max);
    }
  }
}
