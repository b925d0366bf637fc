package dev.sluice.rocketmq.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When single sends share requests, and what becomes of them where a broker does not store all. */
class CoalescingTest {
  private static final StubCluster.Manner STORES = StubCluster.storing(ResponseCode.SUCCESS);

  /** One request at a time, and none because time has passed, so that tests know when. */
  private static final Coalescing ONE_AT_A_TIME =
      new Coalescing(64, 64 << 10, Duration.ofMinutes(1), 1);

  private StubCluster cluster;
  private ClientRuntimes runtimes;
  private final List<Producer> producers = new ArrayList<>();
  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start(Ledger ledger) throws IOException {
    cluster = new StubCluster();
    runtimes = new ClientRuntimes(ledger, Clock.system());
  }

  @AfterEach
  void close() throws IOException {
    producers.forEach(each -> each.close(Duration.ofSeconds(10)));
    cluster.close();
  }

  private Producer producer(Coalescing limits, UnaryOperator<ProducerOptions.Builder> settings) {
    ClientOptions client =
        ClientOptions.builder(cluster.nameServers())
            .instanceName(TopicNames.unique("coalescing"))
            .callTimeout(Duration.ofSeconds(30))
            .build();
    Producer producer =
        new DefaultProducer(
            settings
                .apply(
                    ProducerOptions.builder(client, "producers")
                        .sendTimeout(Duration.ofSeconds(30))
                        .coalescing(limits))
                .build(),
            runtimes);
    producer.start();
    producers.add(producer);
    return producer;
  }

  private Producer producer(Coalescing limits) {
    return producer(limits, options -> options);
  }

  /** Does what the other does, but for the first request when it is told to. */
  private StubCluster.Manner holdingTheFirst(StubCluster.Manner then) {
    return (request, line) -> {
      if (held.isEmpty()) {
        held.add(
            () -> {
              try {
                then.send(request, line);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
      } else {
        then.send(request, line);
      }
    };
  }

  private void release() {
    held.element().run();
  }

  private static void awaitRequests(StubCluster.Broker broker, int count) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(broker.sends).hasSize(count));
  }

  /** Sends one, and more once that is with the broker. */
  private List<CompletableFuture<SendResult>> sendBehindOne(
      Producer producer, StubCluster.Broker broker, List<String> bodies) {
    List<CompletableFuture<SendResult>> sends = new ArrayList<>();
    sends.add(producer.sendAsync(message("first")));
    awaitRequests(broker, 1);
    bodies.forEach(body -> sends.add(producer.sendAsync(message(body))));
    return sends;
  }

  private static Message message(String body) {
    return Message.builder("topic", body).build();
  }

  private static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "body " + i).toList();
  }

  /** The bodies of a request's messages. */
  private static List<String> bodies(RemotingCommand request) {
    ByteBuffer in = request.body().duplicate();
    if (request.code() == RequestCode.SEND_MESSAGE_V2) {
      return List.of(StandardCharsets.UTF_8.decode(in).toString());
    }
    List<String> all = new ArrayList<>();
    while (in.hasRemaining()) {
      int end = in.position() + in.getInt(in.position());
      int length = in.getInt(in.position() + 16);
      all.add(StandardCharsets.UTF_8.decode(in.slice(in.position() + 20, length)).toString());
      in.position(end);
    }
    return all;
  }

  private static <T> T within(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static RocketMQException failure(CompletableFuture<?> future) {
    ExecutionException e = catchThrowableOfType(ExecutionException.class, () -> within(future));
    return (RocketMQException) Objects.requireNonNull(e.getCause());
  }

  @Test
  void whatComesWhileOneIsUnderWayLeavesTogetherWhenItReturns() throws Exception {
    StubCluster.Broker broker = cluster.broker("a", holdingTheFirst(STORES));
    Producer producer = producer(ONE_AT_A_TIME);
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, broker, numbered(10));

    release();

    for (int i = 0; i < 10; i++) {
      assertThat(within(sends.get(i + 1)).queueOffset()).isEqualTo(5 + i);
    }
    assertThat(sends.stream().map(CompletableFuture::join).map(SendResult::messageId))
        .doesNotHaveDuplicates();
    assertThat(broker.sends).hasSize(2);
    assertThat(bodies(broker.sends.getFirst())).containsExactly("first");
    assertThat(bodies(broker.sends.getLast())).containsExactlyElementsOf(numbered(10));
  }

  @Test
  void aBatchWaitsUntilAsManyComeAsAreUnderWayOrItIsFull() throws Exception {
    StubCluster.Broker broker =
        cluster.broker(
            "a",
            (request, line) ->
                held.add(
                    () -> {
                      try {
                        STORES.send(request, line);
                      } catch (IOException e) {
                        throw new IllegalStateException(e);
                      }
                    }));
    Producer producer = producer(new Coalescing(4, 64 << 10, Duration.ofMinutes(1), 8));
    List<CompletableFuture<SendResult>> sends = new ArrayList<>();
    List<Integer> sizes = List.of(1, 1, 2, 4, 4);

    for (int i = 0; i < sizes.size(); i++) {
      numbered(sizes.get(i)).forEach(body -> sends.add(producer.sendAsync(message(body))));
      awaitRequests(broker, i + 1);
    }

    assertThat(broker.sends).map(request -> bodies(request).size()).isEqualTo(sizes);
    Awaitility.await().until(() -> held.size() == sizes.size());
    held.forEach(Runnable::run);
    for (CompletableFuture<SendResult> send : sends) {
      within(send);
    }
  }

  @Test
  void aBatchIsNoLargerThanItMayBe() throws Exception {
    StubCluster.Broker broker = cluster.broker("a", holdingTheFirst(STORES));
    Producer producer =
        producer(
            new Coalescing(64, 4 << 10, Duration.ofMinutes(1), 1),
            options -> options.compressFrom(Integer.MAX_VALUE));
    List<String> bodies =
        Stream.concat(
                Stream.of("x".repeat(10_000)),
                IntStream.range(0, 9).mapToObj(i -> Integer.toString(i).repeat(1_000)))
            .toList();
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, broker, bodies);

    release();
    for (CompletableFuture<SendResult> send : sends) {
      within(send);
    }

    assertThat(broker.sends.stream().skip(1).flatMap(request -> bodies(request).stream()))
        .containsExactlyElementsOf(bodies);
    assertThat(broker.sends)
        .filteredOn(request -> request.code() == RequestCode.SEND_BATCH_MESSAGE)
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(request -> assertThat(request.body().remaining()).isLessThanOrEqualTo(4 << 10));
  }

  @Test
  void theCulpritOfARefusedBatchIsFoundAndTheOthersAreStored() throws Exception {
    StubCluster.Manner picky =
        (request, line) ->
            (bodies(request).contains("body 6")
                    ? StubCluster.refusing(ResponseCode.MESSAGE_ILLEGAL)
                    : STORES)
                .send(request, line);
    StubCluster.Broker broker = cluster.broker("a", holdingTheFirst(picky));
    Producer producer = producer(ONE_AT_A_TIME);
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, broker, numbered(16));

    release();

    RocketMQException failure = failure(sends.get(7));
    assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(failure.responseCode()).hasValue(ResponseCode.MESSAGE_ILLEGAL);
    for (int i = 0; i < sends.size(); i++) {
      if (i != 7) {
        within(sends.get(i));
      }
    }
    List<String> stored =
        broker.sends.stream()
            .map(CoalescingTest::bodies)
            .filter(bodies -> !bodies.contains("body 6"))
            .flatMap(List::stream)
            .toList();
    List<String> expected = new ArrayList<>(numbered(16));
    expected.remove("body 6");
    expected.addFirst("first");
    assertThat(stored).as("each once, in their order").containsExactlyElementsOf(expected);
  }

  @Test
  void anUnknownOutcomeIsToldToAllAndNothingIsSentAgain() throws Exception {
    StubCluster.Manner cutting =
        (request, line) ->
            (request.code() == RequestCode.SEND_BATCH_MESSAGE ? StubCluster.hangingUp() : STORES)
                .send(request, line);
    StubCluster.Broker broker = cluster.broker("a", holdingTheFirst(cutting));
    Producer producer = producer(ONE_AT_A_TIME, options -> options.retryUnknownOutcome(false));
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, broker, numbered(5));

    release();

    within(sends.getFirst());
    assertThat(sends.subList(1, 6))
        .allSatisfy(
            send -> assertThat(failure(send).category()).isEqualTo(Category.UNKNOWN_OUTCOME));
    assertThat(broker.sends).hasSize(2);
  }

  @Test
  void aRefusalThatMayPassIsTriedAgainOnAnotherBroker() throws Exception {
    StubCluster.Manner busy =
        (request, line) ->
            (request.code() == RequestCode.SEND_BATCH_MESSAGE
                    ? StubCluster.refusing(ResponseCode.SYSTEM_BUSY)
                    : STORES)
                .send(request, line);
    StubCluster.Broker first = cluster.broker("a", holdingTheFirst(busy));
    StubCluster.Broker other = cluster.broker("b", STORES);
    QueueSelector toFirst =
        new QueueSelector() {
          @Override
          public MessageQueue select(Message message, List<MessageQueue> queues) {
            return queues.getFirst();
          }

          @Override
          public boolean isFree(Message message) {
            return true;
          }
        };
    Producer producer = producer(ONE_AT_A_TIME, options -> options.selector(toFirst));
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, first, numbered(5));

    release();

    assertThat(within(sends.getFirst()).queue().broker()).isEqualTo("a");
    for (CompletableFuture<SendResult> send : sends.subList(1, 6)) {
      assertThat(within(send).queue().broker()).isEqualTo("b");
    }
    assertThat(bodies(other.sends.getFirst())).containsExactlyElementsOf(numbered(5));
  }

  @Test
  void whatWaitsTooLongWasNeverWritten() throws Exception {
    StubCluster.Broker broker = cluster.broker("a", StubCluster.silent());
    Producer producer =
        producer(
            new Coalescing(64, 64 << 10, Duration.ofMillis(20), 1),
            options -> options.sendTimeout(Duration.ofSeconds(2)).retryUnknownOutcome(false));
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, broker, numbered(1));

    assertThat(failure(sends.getFirst()).category()).isEqualTo(Category.UNKNOWN_OUTCOME);
    // Either it was refused while it waited, or it left after the other and was never answered.
    if (failure(sends.getLast()).category() == Category.UNKNOWN_OUTCOME) {
      awaitRequests(broker, 2);
    } else {
      assertThat(failure(sends.getLast()).category()).isEqualTo(Category.TIMEOUT);
      assertThat(broker.sends).hasSize(1);
    }
  }

  @Test
  void closingFailsWhatWaits() throws Exception {
    StubCluster.Broker broker = cluster.broker("a", StubCluster.silent());
    Producer producer = producer(ONE_AT_A_TIME);
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, broker, numbered(3));

    // More than half of it is waited for the first one, and the rest is for a busy machine.
    producer.close(Duration.ofSeconds(6));

    assertThat(sends.subList(1, 4))
        .allSatisfy(send -> assertThat(failure(send).category()).isEqualTo(Category.UNAVAILABLE));
    assertThat(failure(sends.getFirst()).category()).isEqualTo(Category.UNKNOWN_OUTCOME);
    assertThat(broker.sends).hasSize(1);
  }

  @Test
  void whatIsDelayedOrHasItsQueueChosenLeavesAlone() throws Exception {
    StubCluster.Broker broker = cluster.broker("a", holdingTheFirst(STORES));
    Producer producer = producer(ONE_AT_A_TIME);
    List<CompletableFuture<SendResult>> sends = new ArrayList<>();
    sends.add(producer.sendAsync(message("first")));
    awaitRequests(broker, 1);

    sends.add(producer.sendAsync(Message.builder("topic", "delayed").delayLevel(1).build()));
    sends.add(producer.sendAsync(Message.builder("topic", "loose").waitForStore(false).build()));
    sends.add(
        producer.sendAsync(
            Message.builder("topic", "keyed").shardingKey("k").build(), QueueSelector.hash()));
    for (CompletableFuture<SendResult> send : sends.subList(1, 4)) {
      within(send);
    }

    assertThat(sends.getFirst()).isNotDone();
    assertThat(broker.sends)
        .allSatisfy(request -> assertThat(request.code()).isEqualTo(RequestCode.SEND_MESSAGE_V2));
    release();
    within(sends.getFirst());
  }

  @Test
  void interceptorsSeeEachSendByItself() throws Exception {
    StubCluster.Broker broker = cluster.broker("a", holdingTheFirst(STORES));
    Queue<SendCall> seen = new ConcurrentLinkedQueue<>();
    Producer producer =
        producer(
            ONE_AT_A_TIME,
            options ->
                options.interceptor(
                    (call, next) -> {
                      seen.add(call);
                      return next.send(call);
                    }));
    List<CompletableFuture<SendResult>> sends = sendBehindOne(producer, broker, numbered(4));

    release();
    for (CompletableFuture<SendResult> send : sends) {
      within(send);
    }

    assertThat(seen)
        .hasSize(5)
        .allSatisfy(call -> assertThat(call.kind()).isEqualTo(SendCall.Kind.SINGLE));
    assertThat(broker.sends).hasSize(2);
  }
}
