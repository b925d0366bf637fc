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
import dev.sluice.rocketmq.wire.ResponseCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a send where a broker does not store it, in ways that real ones rarely have. */
class RetryTest {
  private static final StubCluster.Manner STORES = StubCluster.storing(ResponseCode.SUCCESS);

  private StubCluster cluster;
  private ClientRuntimes runtimes;
  private final List<Producer> producers = new ArrayList<>();

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

  private Producer producer(UnaryOperator<ProducerOptions.Builder> settings) {
    ClientOptions client =
        ClientOptions.builder(cluster.nameServers())
            .instanceName(TopicNames.unique("retry"))
            .callTimeout(Duration.ofSeconds(30))
            .build();
    Producer producer =
        new DefaultProducer(
            settings
                .apply(
                    ProducerOptions.builder(client, "producers")
                        .sendTimeout(Duration.ofSeconds(30)))
                .build(),
            runtimes);
    producer.start();
    producers.add(producer);
    return producer;
  }

  private static Message message() {
    return Message.builder("topic", "body").build();
  }

  /** Takes first the queue of this broker, and what is offered where that is not. */
  private static QueueSelector firstTo(String broker) {
    return free(
        queues ->
            queues.stream()
                .filter(queue -> queue.broker().equals(broker))
                .findFirst()
                .orElseGet(queues::getFirst));
  }

  /** Chooses for each attempt. */
  private static QueueSelector free(Function<List<MessageQueue>, MessageQueue> choice) {
    return new QueueSelector() {
      @Override
      public MessageQueue select(Message message, List<MessageQueue> queues) {
        return choice.apply(queues);
      }

      @Override
      public boolean isFree(Message message) {
        return true;
      }
    };
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        ResponseCode.SYSTEM_BUSY,
        ResponseCode.SYSTEM_ERROR,
        ResponseCode.SERVICE_NOT_AVAILABLE,
        ResponseCode.NO_PERMISSION,
        ResponseCode.TOPIC_NOT_EXIST,
        ResponseCode.GO_AWAY
      })
  void whatOneBrokerRefusesGoesToAnother(int code) throws Exception {
    StubCluster.Broker busy = cluster.broker("busy", StubCluster.refusing(code));
    StubCluster.Broker other = cluster.broker("other", STORES);

    SendResult sent = producer(o -> o.selector(firstTo("busy"))).send(message());

    assertThat(sent.queue().broker()).isEqualTo("other");
    assertThat(busy.sends).hasSize(1);
    assertThat(other.sends).hasSize(1);
  }

  @Test
  void aSendIsTriedThreeTimesAndFailsWithTheLastRefusal() throws Exception {
    StubCluster.Broker busy =
        cluster.broker("busy", StubCluster.refusing(ResponseCode.SYSTEM_BUSY));

    RocketMQException failure =
        catchThrowableOfType(RocketMQException.class, () -> producer(o -> o).send(message()));

    assertThat(busy.sends).hasSize(3);
    assertThat(failure.category()).isEqualTo(Category.OVERLOADED);
    assertThat(failure.responseCode()).hasValue(ResponseCode.SYSTEM_BUSY);
    assertThat(failure).hasMessageContaining("because");
  }

  @Test
  void whatIsAtFaultItselfIsNotTriedAgain() throws Exception {
    StubCluster.Broker strict =
        cluster.broker("strict", StubCluster.refusing(ResponseCode.MESSAGE_ILLEGAL));

    RocketMQException failure =
        catchThrowableOfType(RocketMQException.class, () -> producer(o -> o).send(message()));

    assertThat(strict.sends).hasSize(1);
    assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT);
  }

  @Test
  void anUnknownOutcomeGoesToAnotherBrokerAsTheDefaultIs() throws Exception {
    StubCluster.Broker dying = cluster.broker("dying", StubCluster.hangingUp());
    cluster.broker("other", STORES);

    SendResult sent = producer(o -> o.selector(firstTo("dying"))).send(message());

    assertThat(sent.queue().broker()).isEqualTo("other");
    assertThat(dying.sends).hasSize(1);
  }

  @Test
  void anUnknownOutcomeIsToldWhereThatIsWanted() throws Exception {
    StubCluster.Broker dying = cluster.broker("dying", StubCluster.hangingUp());
    StubCluster.Broker other = cluster.broker("other", STORES);

    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class,
            () ->
                producer(o -> o.selector(firstTo("dying")).retryUnknownOutcome(false))
                    .send(message()));

    assertThat(failure.category()).isEqualTo(Category.UNKNOWN_OUTCOME);
    assertThat(dying.sends).hasSize(1);
    assertThat(other.sends).isEmpty();
  }

  @Test
  void anUnknownOutcomeIsNotForgottenForWhatCameAfterIt() throws Exception {
    StubCluster.Broker dying = cluster.broker("dying", StubCluster.hangingUp());
    StubCluster.Broker busy =
        cluster.broker("busy", StubCluster.refusing(ResponseCode.SYSTEM_BUSY));
    StubCluster.Broker full =
        cluster.broker("full", StubCluster.refusing(ResponseCode.SYSTEM_BUSY));
    Queue<String> order = new ArrayDeque<>(List.of("dying", "busy", "full"));

    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class,
            () ->
                producer(
                        o ->
                            o.selector(
                                free(
                                    queues -> {
                                      String next = order.remove();
                                      return queues.stream()
                                          .filter(queue -> queue.broker().equals(next))
                                          .findFirst()
                                          .orElseThrow();
                                    })))
                    .send(message()));

    assertThat(failure.category()).isEqualTo(Category.UNKNOWN_OUTCOME);
    assertThat(failure).hasMessageContaining("; the last attempt: ");
    assertThat(List.of(dying.sends, busy.sends, full.sends))
        .allSatisfy(s -> assertThat(s).hasSize(1));
  }

  @Test
  void aBrokerThatHangsLeavesTimeForAnotherWithATimeoutForEachAttempt() throws Exception {
    cluster.broker("hanging", StubCluster.silent());
    cluster.broker("other", STORES);

    SendResult sent =
        producer(o -> o.selector(firstTo("hanging")).attemptTimeout(Duration.ofSeconds(3)))
            .send(message());

    assertThat(sent.queue().broker()).isEqualTo("other");
  }

  @Test
  void aSendEndsByItsTimeoutWhereNobodyAnswers() throws Exception {
    cluster.broker("hanging", StubCluster.silent());
    CompletableFuture<SendResult> send =
        producer(o -> o.sendTimeout(Duration.ofSeconds(3))).sendAsync(message());

    ExecutionException failure =
        catchThrowableOfType(ExecutionException.class, () -> send.get(60, TimeUnit.SECONDS));

    assertThat(failure.getCause())
        .isInstanceOfSatisfying(
            RocketMQException.class,
            e -> assertThat(e.category()).isEqualTo(Category.UNKNOWN_OUTCOME));
  }

  @Test
  void aChosenQueueIsTriedOnce() throws Exception {
    StubCluster.Broker busy =
        cluster.broker("busy", StubCluster.refusing(ResponseCode.SYSTEM_BUSY));
    StubCluster.Broker other = cluster.broker("other", STORES);

    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class,
            () ->
                producer(o -> o)
                    .send(message(), QueueSelector.manual(new MessageQueue("topic", "busy", 0))));

    assertThat(failure.category()).isEqualTo(Category.OVERLOADED);
    assertThat(busy.sends).hasSize(1);
    assertThat(other.sends).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, OK",
    "10, FLUSH_DISK_TIMEOUT",
    "11, SLAVE_NOT_AVAILABLE",
    "12, FLUSH_SLAVE_TIMEOUT"
  })
  void everyStatusOfAStoredMessageIsTold(int code, SendStatus status) throws Exception {
    StubCluster.Broker broker = cluster.broker("a", StubCluster.storing(code));
    cluster.broker("b", StubCluster.storing(code));

    SendResult sent = producer(o -> o.selector(firstTo("a"))).send(message());

    assertThat(sent.status()).isEqualTo(status);
    assertThat(sent.queueOffset()).isEqualTo(5);
    assertThat(broker.sends).hasSize(1);
  }

  @Test
  void aMessageThatIsNotStoredSafelyGoesToAnotherBrokerAsWellWhereThatIsWanted() throws Exception {
    cluster.broker("alone", StubCluster.storing(ResponseCode.SLAVE_NOT_AVAILABLE));
    cluster.broker("safe", STORES);

    SendResult sent = producer(o -> o.selector(firstTo("alone")).retryNotOk(true)).send(message());

    assertThat(sent.status()).isEqualTo(SendStatus.OK);
    assertThat(sent.queue().broker()).isEqualTo("safe");
  }

  @Test
  void aBrokerThatFailedIsLeftOutWhereSlowOnesAreAvoided() throws Exception {
    StubCluster.Broker busy =
        cluster.broker("busy", StubCluster.refusing(ResponseCode.SYSTEM_BUSY));
    // Several, as one of them may be slow on a machine that is busy, and left out as well.
    List<StubCluster.Broker> others = new ArrayList<>();
    for (String name : List.of("one", "two", "three", "four")) {
      others.add(cluster.broker(name, STORES));
    }
    Producer avoiding = producer(o -> o.avoidSlowBrokers(true).selector(firstTo("busy")));

    for (int i = 0; i < 5; i++) {
      avoiding.send(message());
    }

    assertThat(busy.sends).hasSize(1);
    assertThat(others.stream().mapToInt(other -> other.sends.size()).sum()).isEqualTo(5);
  }

  @Test
  void noBrokerIsLeftOutByDefault() throws Exception {
    StubCluster.Broker busy =
        cluster.broker("busy", StubCluster.refusing(ResponseCode.SYSTEM_BUSY));
    cluster.broker("other", STORES);
    Producer plain = producer(o -> o.selector(firstTo("busy")));

    for (int i = 0; i < 5; i++) {
      plain.send(message());
    }

    assertThat(busy.sends).hasSize(5);
  }

  @Test
  void sendsBeyondTheMostAreRefusedAndEndWithTheProducer() throws Exception {
    cluster.broker("hanging", StubCluster.silent());
    Producer full = producer(o -> o.maxInFlight(2));
    List<CompletableFuture<SendResult>> held =
        List.of(full.sendAsync(message()), full.sendAsync(message()));

    RocketMQException refused =
        catchThrowableOfType(RocketMQException.class, () -> full.send(message()));
    full.close(Duration.ofSeconds(1));

    assertThat(refused.category()).isEqualTo(Category.OVERLOADED);
    assertThat(held)
        .allSatisfy(
            send -> {
              ExecutionException failure =
                  catchThrowableOfType(
                      ExecutionException.class, () -> send.get(20, TimeUnit.SECONDS));
              assertThat(failure).hasCauseInstanceOf(RocketMQException.class);
            });
    RocketMQException closed =
        catchThrowableOfType(RocketMQException.class, () -> full.send(message()));
    assertThat(closed.category()).isEqualTo(Category.UNAVAILABLE);
  }
}
