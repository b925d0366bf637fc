package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQVersion;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** On RocketMQ 5, also through two gateways, of which one may be gone. */
class OrderedConsumersTest extends OrderedConsumersContract {
  OrderedConsumersTest() {
    super(RocketMQVersion.V5);
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
      Reader first = open(one).awaitOpen();
      Reader second = open(two).awaitOpen();
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
}
