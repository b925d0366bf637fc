package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.group.StartFrom;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.rocketmq.common.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers that take and acknowledge messages one by one, on a real broker. */
class PopConsumerTest {
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

  private PopConsumer start(UnaryOperator<PopConsumerOptions.Builder> settings) {
    return fixture.start(settings.apply(fixture.popping()));
  }

  /** Receives until so many have come. */
  private static List<Delivery> receive(PopConsumer consumer, int count, Duration invisible) {
    List<Delivery> all = new ArrayList<>();
    ConsumerFixture.await()
        .until(
            () -> {
              all.addAll(consumer.receive(count - all.size(), LONG, invisible));
              return all.size() == count;
            });
    return all;
  }

  private static String body(Delivery delivery) {
    return ConsumerFixture.body(delivery.message());
  }

  @Test
  void whatIsNotAcknowledgedComesAgainAndWhatIsHiddenLongerDoesNot() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendMany(topic, "m", 4);
    PopConsumer consumer = start(options -> options.subscribe(topic));

    List<Delivery> first = receive(consumer, 4, Duration.ofSeconds(20));
    assertThat(first).map(PopConsumerTest::body).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(first).allMatch(each -> each.message().attempt() == 1);
    assertThat(first).allMatch(each -> each.message().topic().equals(topic));
    Delivery acknowledged = first.get(0);
    Delivery hidden = first.get(1);
    Delivery shown = first.get(2);
    acknowledged.ack();
    hidden.changeInvisible(LONG);
    shown.changeInvisible(SHORT);
    first.get(3).ackAsync().join();

    List<Delivery> again = receive(consumer, 1, LONG);
    assertThat(again).map(PopConsumerTest::body).containsExactly(body(shown));
    assertThat(again.getFirst().message().attempt()).isEqualTo(2);
    again.getFirst().ack();
    hidden.ack();

    assertThat(hidden.remaining()).isZero();
    RocketMQException twice = catchThrowableOfType(RocketMQException.class, acknowledged::ack);
    assertThat(twice.category()).isEqualTo(Category.INVALID_ARGUMENT);
    RocketMQException late = catchThrowableOfType(RocketMQException.class, shown::ack);
    assertThat(late.category()).isEqualTo(Category.NOT_FOUND);
    assertThat(late).hasMessageContaining("comes again");
    assertThat(consumer.receive(32, Duration.ZERO)).isEmpty();
  }

  @Test
  void whoWaitsHearsOfMessagesOfAnyTopicAtOnce() throws Exception {
    String one = fixture.newTopic(2);
    String two = fixture.newTopic(2);
    PopConsumer consumer = start(options -> options.subscribe(one).subscribe(two));
    assertThat(consumer.receive(32, Duration.ZERO)).isEmpty();
    CompletableFuture<List<Delivery>> waiting = consumer.receiveAsync(32, LONG);

    fixture.send(two, "", "for two");
    List<Delivery> received = waiting.get(12, TimeUnit.SECONDS);
    assertThat(received).map(PopConsumerTest::body).containsExactly("for two");
    assertThat(received.getFirst().message().topic()).isEqualTo(two);
    received.getFirst().ackAsync().get(30, TimeUnit.SECONDS);
    waiting = consumer.receiveAsync(32, LONG);
    fixture.send(one, "", "for one");

    received = waiting.get(12, TimeUnit.SECONDS);
    assertThat(received).map(PopConsumerTest::body).containsExactly("for one");
    received.getFirst().ack();
  }

  @Test
  void tagsAndConditionsChooseMessages() {
    String tagged = fixture.newTopic(1);
    String conditioned = fixture.newTopic(1);
    for (String tag : List.of("a", "b", "AaAa", "BBBB")) {
      fixture.send(tagged, tag, "tag " + tag);
    }
    for (int size = 1; size < 5; size++) {
      Message message = new Message(conditioned, ("size " + size).getBytes(StandardCharsets.UTF_8));
      message.putUserProperty("size", Integer.toString(size));
      fixture.send(message);
    }
    PopConsumer consumer =
        start(
            options ->
                options
                    // The hashes of AaAa and BBBB are the same.
                    .subscribe(tagged, FilterExpression.tags("a || AaAa"))
                    .subscribe(conditioned, FilterExpression.sql("size > 2")));

    List<Delivery> received = receive(consumer, 4, LONG);
    received.forEach(Delivery::ack);

    assertThat(received)
        .map(PopConsumerTest::body)
        .containsExactlyInAnyOrder("tag a", "tag AaAa", "size 3", "size 4");
    assertThat(consumer.receive(32, Duration.ZERO)).isEmpty();
  }

  @Test
  void aGroupBeginsWithWhatComesUnlessItIsToldOtherwise() {
    String topic = fixture.newTopic(2);
    fixture.sendMany(topic, "old", 4);
    ConsumerFixture.await().until(() -> fixture.maxInAll(topic) == 4);
    PopConsumer consumer = start(options -> options.startFrom(StartFrom.last()).subscribe(topic));
    assertThat(consumer.receive(32, Duration.ZERO)).isEmpty();

    fixture.send(topic, "", "new");

    List<Delivery> received = receive(consumer, 1, LONG);
    assertThat(received).map(PopConsumerTest::body).containsExactly("new");
    received.getFirst().ack();
  }

  @Test
  void manyMembersTakeFromOneQueue() {
    String topic = fixture.newTopic(1);
    List<String> sent = fixture.sendMany(topic, "m", 20);
    PopConsumer one = start(options -> options.subscribe(topic));
    PopConsumer two = start(options -> options.subscribe(topic));

    Set<PopConsumer> takers = new HashSet<>();
    List<String> bodies = new ArrayList<>();
    while (bodies.size() < 20) {
      for (PopConsumer each : List.of(one, two)) {
        for (Delivery delivery : each.receive(5, Duration.ofSeconds(5), LONG)) {
          takers.add(each);
          bodies.add(body(delivery));
          delivery.ack();
        }
      }
    }

    assertThat(takers).hasSize(2);
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void closingEndsReceivesThatWait() throws Exception {
    String topic = fixture.newTopic(1);
    PopConsumer consumer = start(options -> options.subscribe(topic));
    assertThat(consumer.receive(1, Duration.ZERO)).isEmpty();
    CompletableFuture<List<Delivery>> waiting = consumer.receiveAsync(1, Duration.ofHours(1));

    assertThat(consumer.close(ConsumerFixture.CLOSE_TIME).clean()).isTrue();

    assertThat(waiting.get(12, TimeUnit.SECONDS)).isEmpty();
    assertThat(
            catchThrowableOfType(
                IllegalStateException.class, () -> consumer.receive(1, Duration.ZERO)))
        .hasMessageContaining("closed");
  }

  @Test
  void whatACancelledReceiveWasToGiveComesAgain() {
    String topic = fixture.newTopic(1);
    BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
    PopConsumer consumer = fixture.start(fixture.poppingOn(callbacks::add).subscribe(topic));
    CompletableFuture<List<Delivery>> waiting = consumer.receiveAsync(1, Duration.ofHours(1));
    waiting.cancel(false);
    ConsumerFixture.await().until(() -> callbacks.poll() != null);
    fixture.send(topic, "", "m");
    CompletableFuture<List<Delivery>> taken = consumer.receiveAsync(1, LONG, LONG.multipliedBy(10));
    ConsumerFixture.await().until(() -> callbacks.size() == 1);
    taken.cancel(false);

    callbacks.remove().run();

    List<Delivery> received = receive(consumer, 1, LONG);
    assertThat(received).map(PopConsumerTest::body).containsExactly("m");
    assertThat(received.getFirst().message().attempt()).isEqualTo(2);
    received.getFirst().ack();
  }

  @Test
  void aTopicThatIsNotThereIsSaid() {
    PopConsumer consumer = start(options -> options.subscribe("no-such-topic-to-pop"));

    RocketMQException missing =
        catchThrowableOfType(
            RocketMQException.class, () -> consumer.receive(1, Duration.ofSeconds(1)));

    assertThat(missing.category()).isEqualTo(Category.NOT_FOUND);
  }
}
