package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pop consumers that take the messages of a queue in its order, on a real broker. */
class OrderedPopTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(1);

  private ConsumerFixture fixture;

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = new ConsumerFixture(SharedEngine.rocketmq5(), ledger);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private PopConsumer start(String topic) {
    return fixture.start(fixture.popping().subscribe(topic).ordered(true));
  }

  private static List<String> bodies(List<Delivery> deliveries) {
    return deliveries.stream().map(each -> ConsumerFixture.body(each.message())).toList();
  }

  private static List<Delivery> receive(PopConsumer consumer, int max) {
    List<Delivery> received = new ArrayList<>();
    ConsumerFixture.await()
        .until(
            () -> {
              received.addAll(consumer.receive(max, LONG, LONG));
              return !received.isEmpty();
            });
    return received;
  }

  @Test
  void nothingMoreOfAQueueIsGivenWhileAnythingOfItIsHeld() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendTo(topic, 0, "m", 5);
    PopConsumer one = start(topic);
    PopConsumer two = start(topic);

    List<Delivery> first = receive(one, 2);
    assertThat(bodies(first)).isEqualTo(sent.subList(0, 2));
    assertThat(one.receive(32, Duration.ZERO)).isEmpty();
    assertThat(two.receive(32, SHORT)).isEmpty();
    first.getLast().ack();
    assertThat(two.receive(32, Duration.ZERO)).isEmpty();
    first.getFirst().ack();
    List<Delivery> rest = receive(two, 32);

    assertThat(bodies(rest)).isEqualTo(sent.subList(2, 5));
    rest.forEach(Delivery::ack);
    assertThat(one.receive(32, Duration.ZERO)).isEmpty();
    assertThat(fixture.committed(topic)).containsExactly(5L);
  }

  @Test
  void whatIsNotAcknowledgedComesAgainBeforeWhatIsBehindIt() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendTo(topic, 0, "m", 4);
    PopConsumer consumer = start(topic);
    List<Delivery> first = receive(consumer, 2);
    first.getFirst().ack();
    first.getLast().changeInvisible(SHORT);

    List<Delivery> again = receive(consumer, 32);

    assertThat(bodies(again)).isEqualTo(sent.subList(1, 4));
    assertThat(again).map(each -> each.message().attempt()).containsExactly(2, 1, 1);
    again.forEach(Delivery::ack);
    assertThat(fixture.committed(topic)).containsExactly(4L);
  }

  @Test
  void whoWaitsGetsWhatAnotherHeldWhenThatIsAcknowledged() throws Exception {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendTo(topic, 0, "m", 2);
    PopConsumer consumer = start(topic);
    List<Delivery> first = receive(consumer, 1);
    CompletableFuture<List<Delivery>> waiting = consumer.receiveAsync(1, LONG, LONG);

    first.getFirst().ack();

    List<Delivery> second = waiting.get(30, TimeUnit.SECONDS);
    assertThat(bodies(second)).isEqualTo(sent.subList(1, 2));
    second.getFirst().ack();
  }

  @Test
  void manyWhoTakeAndGiveBackKeepTheOrderOfEachQueue() throws Exception {
    int queues = 3;
    String topic = fixture.newTopic(queues);
    Map<Integer, List<String>> sent = new ConcurrentHashMap<>();
    for (int queue = 0; queue < queues; queue++) {
      sent.put(queue, fixture.sendTo(topic, queue, "q" + queue + "-", 12));
    }
    Map<Integer, List<String>> done = new ConcurrentHashMap<>();
    List<Thread> takers =
        IntStream.range(0, 2)
            .mapToObj(i -> start(topic))
            .flatMap(consumer -> IntStream.range(0, 2).mapToObj(i -> taker(consumer, done)))
            .toList();

    ConsumerFixture.await()
        .until(() -> done.values().stream().mapToInt(List::size).sum() >= 12 * queues);
    for (Thread each : takers) {
      each.interrupt();
      each.join();
    }

    assertThat(done).isEqualTo(sent);
  }

  /** Deals with the first of what it gets, and gives the others back now and then. */
  private static Thread taker(PopConsumer consumer, Map<Integer, List<String>> done) {
    Random random = new Random();
    return Thread.startVirtualThread(
        () -> {
          while (!Thread.currentThread().isInterrupted()) {
            boolean failing = false;
            for (Delivery each : consumer.receive(4, SHORT, LONG)) {
              failing |= random.nextInt(8) == 0;
              if (failing) {
                each.changeInvisible(SHORT);
              } else {
                List<String> ofQueue =
                    done.computeIfAbsent(
                        each.message().queue().id(),
                        queue -> Collections.synchronizedList(new ArrayList<>()));
                ofQueue.add(ConsumerFixture.body(each.message()));
                each.ack();
              }
            }
          }
        });
  }
}
