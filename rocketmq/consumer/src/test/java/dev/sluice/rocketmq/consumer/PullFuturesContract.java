package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calls of a pull consumer that do not wait, on a real broker. */
abstract class PullFuturesContract {
  private static final Duration HOUR = Duration.ofHours(1);

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

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(ConsumerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return Objects.requireNonNull(
        catchThrowableOfType(ExecutionException.class, () -> get(future)).getCause());
  }

  /** Each poll is made when the one before it has given its messages. */
  private static CompletableFuture<List<String>> poll(
      AsyncPullConsumer consumer, int count, List<String> into) {
    return consumer
        .poll(HOUR)
        .thenCompose(
            messages -> {
              messages.forEach(each -> into.add(ConsumerFixture.body(each)));
              return into.size() >= count
                  ? CompletableFuture.completedFuture(into)
                  : poll(consumer, count, into);
            });
  }

  @Test
  void pollsFollowEachOtherAndCommitWhatTheOnesBeforeGave() throws Exception {
    String topic = fixture.newTopic(1);
    PullConsumer consumer = fixture.start(fixture.pulling(topic).maxPollMessages(4));
    CompletableFuture<List<String>> polled = poll(consumer.async(), 12, new ArrayList<>());

    List<String> sent = fixture.sendTo(topic, 0, "m", 12);

    assertThat(get(polled)).isEqualTo(sent);
    CompletableFuture<List<ReceivedMessage>> settling = consumer.async().poll(Duration.ZERO);
    assertThat(get(settling)).isEmpty();
    assertThat(consumer.close(ConsumerFixture.CLOSE_TIME).clean()).isTrue();
    assertThat(fixture.committed(topic)).containsExactly(12L);
  }

  @Test
  void eachCallThatWaitsHasAFuture() throws Exception {
    String topic = fixture.newTopic(1);
    fixture.sendTo(topic, 0, "m", 6);
    PullConsumer blocking = fixture.start(fixture.pulling().maxPollMessages(6).autoCommit(false));
    AsyncPullConsumer consumer = blocking.async();

    List<MessageQueue> queues = get(consumer.queues(topic));
    assertThat(queues).isEqualTo(blocking.queues(topic)).hasSize(1);
    MessageQueue queue = queues.getFirst();
    get(consumer.assign(queues, FilterExpression.all()));
    assertThat(blocking.assignment()).containsExactly(queue);
    List<String> bodies = get(poll(consumer, 6, new ArrayList<>()));
    assertThat(bodies).hasSize(6);
    assertThat(get(consumer.position(queue))).isEqualTo(6);
    get(consumer.seek(queue, 4));
    List<ReceivedMessage> again = new ArrayList<>();
    while (again.size() < 2) {
      again.addAll(get(consumer.poll(HOUR)));
    }
    assertThat(again).map(ConsumerFixture::body).containsExactly("m4", "m5");
    get(consumer.seekToTime(queue, again.getFirst().storedAt()));
    assertThat(get(consumer.position(queue))).isBetween(0L, 4L);
    get(consumer.seekToEnd(queue));
    assertThat(get(consumer.position(queue))).isEqualTo(6);
    get(consumer.commit());
    assertThat(get(consumer.committed(queue))).hasValue(6);
    get(consumer.seekToBegin(queue));
    assertThat(get(consumer.position(queue))).isZero();
    get(consumer.commit(Map.of(queue, 5L)));
    assertThat(fixture.committed(topic)).containsExactly(5L);
    assertThat(get(consumer.beginOffset(queue))).isZero();
    assertThat(get(consumer.endOffset(queue))).isEqualTo(6);
    assertThat(get(consumer.offsetAt(queue, again.getFirst().storedAt()))).isBetween(0L, 4L);
  }

  @Test
  void failuresAreTheFuturesOwn() throws Exception {
    String topic = fixture.newTopic(1);
    PullConsumer blocking =
        new DefaultPullConsumer(fixture.pulling(topic).build(), fixture.runtimes);
    assertThat(failure(blocking.async().commit()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not started");
    blocking.start();
    AsyncPullConsumer consumer = blocking.async();
    MessageQueue none = new MessageQueue(topic, "no-broker", 0);

    assertThat(failure(consumer.endOffset(none)))
        .isInstanceOfSatisfying(
            RocketMQException.class,
            failure -> assertThat(failure.category()).isEqualTo(Category.NOT_FOUND));
    assertThat(failure(consumer.assign(List.of(none))))
        .isInstanceOfSatisfying(
            RocketMQException.class,
            failure -> assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT));
    assertThat(failure(consumer.poll(Duration.ofSeconds(-1))))
        .hasMessageContaining("timeout: PT-1S");

    assertThat(blocking.close(ConsumerFixture.CLOSE_TIME).clean()).isTrue();
    assertThat(failure(consumer.poll(Duration.ZERO)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void whatACancelledPollTookIsGivenByTheNextOneAndNotCommittedMeanwhile() throws Exception {
    String topic = fixture.newTopic(1);
    BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
    PullConsumer consumer =
        fixture.start(fixture.pullingOn(callbacks::add).subscribe(topic).commitInterval(HOUR));
    List<String> sent = fixture.sendTo(topic, 0, "m", 3);
    CompletableFuture<List<ReceivedMessage>> cancelled = consumer.async().poll(HOUR);
    ConsumerFixture.await().until(() -> callbacks.size() == 1);
    MessageQueue queue = consumer.assignment().iterator().next();
    assertThat(consumer.position(queue)).isZero();
    consumer.commit();
    assertThat(consumer.committed(queue)).hasValue(0);

    cancelled.cancel(false);
    callbacks.remove().run();

    List<String> polled = new ArrayList<>();
    ConsumerFixture.await()
        .until(
            () -> {
              consumer
                  .poll(Duration.ofMillis(200))
                  .forEach(each -> polled.add(ConsumerFixture.body(each)));
              return polled.size() >= 3;
            });
    assertThat(polled).isEqualTo(sent);
    consumer.commit();
    assertThat(consumer.committed(queue)).hasValue(3);
  }

  @Test
  void pollsThatAreCancelledAtAnyTimeLoseNothingAndGiveNothingTwice() throws Exception {
    String topic = fixture.newTopic(2);
    PullConsumer consumer = fixture.start(fixture.pulling(topic).maxPollMessages(3));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> polled = new ArrayList<>();
    List<String> sent = new ArrayList<>();
    for (int round = 0; round < 100; round++) {
      CompletableFuture<List<ReceivedMessage>> poll = consumer.async().poll(HOUR);
      sent.addAll(fixture.sendMany(topic, round + "-", 1 + random.nextInt(2)));
      for (int spin = random.nextInt(20_000); spin > 0; spin--) {
        Thread.onSpinWait();
      }
      if (!poll.cancel(false)) {
        poll.join().forEach(each -> polled.add(ConsumerFixture.body(each)));
      }
    }
    ConsumerFixture.await()
        .until(
            () -> {
              consumer
                  .poll(Duration.ofMillis(200))
                  .forEach(each -> polled.add(ConsumerFixture.body(each)));
              return polled.size() >= sent.size();
            });

    assertThat(polled).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(sent);
    consumer.commit();
    assertThat(fixture.committedInAll(topic)).isEqualTo(sent.size());
  }

  @Test
  void closingEndsPollsAndWhatHangsOnThemMayClose() throws Exception {
    String topic = fixture.newTopic(1);
    PullConsumer consumer = fixture.start(fixture.pulling(topic));
    CompletableFuture<CloseReport> closed =
        consumer
            .async()
            .poll(HOUR)
            .thenApply(messages -> consumer.close(ConsumerFixture.CLOSE_TIME));
    CompletableFuture<List<ReceivedMessage>> other = consumer.async().poll(HOUR);
    ConsumerFixture.await().until(() -> consumer.assignment().size() == 1);

    fixture.send(topic, "", "the end");

    List<ReceivedMessage> rest = get(other);
    if (rest.isEmpty()) {
      assertThat(get(closed).clean()).isTrue();
    } else {
      // It was this one's; the other one ends with the consumer.
      assertThat(consumer.close(ConsumerFixture.CLOSE_TIME).clean()).isTrue();
      get(closed);
    }
  }

  @Test
  void noMoreThanAThousandCallsAreUnderWay() throws Exception {
    String topic = fixture.newTopic(1);
    PullConsumer consumer = fixture.start(fixture.pulling(topic));
    List<CompletableFuture<List<ReceivedMessage>>> polls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      polls.add(consumer.async().poll(HOUR));
    }

    assertThat(failure(consumer.async().poll(HOUR)))
        .isInstanceOfSatisfying(
            RocketMQException.class,
            failure -> assertThat(failure.category()).isEqualTo(Category.OVERLOADED));
    polls.getFirst().cancel(false);
    ConsumerFixture.await().until(() -> !consumer.async().poll(HOUR).isCompletedExceptionally());
    assertThat(consumer.close(ConsumerFixture.CLOSE_TIME).clean()).isTrue();
    for (CompletableFuture<List<ReceivedMessage>> each : polls.subList(1, 1000)) {
      assertThat(get(each)).isEmpty();
    }
  }
}
