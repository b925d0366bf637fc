package dev.sluice.rocketmq.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions with brokers that ask after 2 s for what is open, every 2 s. */
abstract class TransactionsContract {
  private ClusterFixture cluster;
  private String topic;

  abstract RocketMQVersion version();

  @BeforeEach
  void connect(Ledger ledger) {
    cluster = new ClusterFixture(version(), ledger);
    topic = cluster.newTopic(1);
  }

  @AfterEach
  void disconnect() {
    cluster.close();
  }

  private Message message(String body) {
    return Message.builder(topic, body).tag("tag").key("key").property("for", body).build();
  }

  private List<String> delivered(int count) throws Exception {
    try (OfficialReader reader = OfficialReader.of(cluster.nameServers, topic)) {
      return reader.read(count).stream().map(ProducerContract::text).toList();
    }
  }

  @Test
  void theOfficialClientReadsWhatIsCommittedAndNotWhatIsRolledBack() throws Exception {
    Producer producer =
        cluster.producer(options -> options.checker(message -> TransactionOutcome.UNKNOWN));

    Transaction dropped = producer.beginTransaction(message("dropped"));
    Transaction kept = producer.beginTransaction(message("kept"));
    dropped.rollback();
    kept.commit();
    TransactionResult result =
        producer.sendInTransaction(message("in one"), (message, half) -> TransactionOutcome.COMMIT);

    assertThat(result.outcome()).isEqualTo(TransactionOutcome.COMMIT);
    try (OfficialReader reader = OfficialReader.of(cluster.nameServers, topic)) {
      List<MessageExt> read = reader.read(2);
      assertThat(read.stream().map(ProducerContract::text)).containsExactly("kept", "in one");
      assertThat(read.getFirst().getMsgId()).isEqualTo(kept.half().messageId());
      assertThat(read.getFirst().getTags()).isEqualTo("tag");
      assertThat(read.getFirst().getKeys()).isEqualTo("key");
      assertThat(read.getFirst().getUserProperty("for")).isEqualTo("kept");
    }
  }

  @Test
  void checkBackDecidesWhatNobodyHasEnded() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    List<Boolean> threads = new CopyOnWriteArrayList<>();
    Producer producer =
        cluster.producer(
            options ->
                options.checker(
                    message -> {
                      String body = new String(message.bodyBytes(), UTF_8);
                      asked.add(message.topic() + ' ' + message.tag().orElse("") + ' ' + body);
                      threads.add(Thread.currentThread().isVirtual());
                      return body.equals("to keep")
                          ? TransactionOutcome.COMMIT
                          : TransactionOutcome.ROLLBACK;
                    }));

    producer.beginTransaction(message("to drop"));
    producer.beginTransaction(message("to keep"));

    assertThat(delivered(1)).containsExactly("to keep");
    assertThat(asked).contains(topic + " tag to drop", topic + " tag to keep");
    assertThat(threads).doesNotContain(false);
  }

  @Test
  void aLocalPartThatThrowsLeavesTheOutcomeToTheChecker() throws Exception {
    Producer producer =
        cluster.producer(options -> options.checker(message -> TransactionOutcome.COMMIT));

    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class,
            () ->
                producer.sendInTransaction(
                    message("decided later"),
                    (message, half) -> {
                      throw new IllegalStateException("the database is away");
                    }));

    assertThat(failure.category()).isEqualTo(Category.INTERNAL);
    assertThat(failure).hasRootCauseMessage("the database is away");
    assertThat(delivered(1)).containsExactly("decided later");
  }

  @Test
  void aCheckerThatThrowsIsToldOfAndAskedAgain() throws Exception {
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    Producer producer =
        cluster.start(
            ProducerOptions.builder(
                    cluster
                        .client()
                        .instanceName("throwing")
                        .uncaughtHandler((thread, thrown) -> uncaught.add(thrown))
                        .build(),
                    TopicNames.unique("producers"))
                .sendTimeout(Duration.ofSeconds(30))
                .checker(
                    message -> {
                      if (uncaught.isEmpty()) {
                        throw new IllegalStateException("not now");
                      }
                      return TransactionOutcome.COMMIT;
                    })
                .build());

    producer.beginTransaction(message("asked twice"));

    assertThat(delivered(1)).containsExactly("asked twice");
    assertThat(uncaught).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTransactionEndsOnceAndNeedsAChecker() {
    Producer producer =
        cluster.producer(options -> options.checker(message -> TransactionOutcome.ROLLBACK));
    Transaction transaction = producer.beginTransaction(message("once"));
    transaction.rollback();

    RocketMQException again = catchThrowableOfType(RocketMQException.class, transaction::commit);
    RocketMQException unchecked =
        catchThrowableOfType(
            RocketMQException.class, () -> cluster.producer().beginTransaction(message("no")));
    RocketMQException delayed =
        catchThrowableOfType(
            RocketMQException.class,
            () -> producer.beginTransaction(Message.builder(topic, "late").delayLevel(1).build()));

    assertThat(again).hasMessageContaining("it was with ROLLBACK");
    assertThat(unchecked).hasMessageContaining("checker: none");
    assertThat(delayed).hasMessageContaining("no delay");
  }
}
