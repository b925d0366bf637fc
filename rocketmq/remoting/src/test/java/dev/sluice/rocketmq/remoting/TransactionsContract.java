package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.EndTransaction;
import dev.sluice.rocketmq.requests.EndTransaction.Resolution;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.requests.OffsetMessageId;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.requests.SystemFlags;
import dev.sluice.rocketmq.requests.TransactionCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions with a real broker, which asks after 2 s for what is open, every 2 s. */
abstract class TransactionsContract {
  static final Duration QUIET = Duration.ofSeconds(2);
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SharedEngine engine;
  private ClientFixture fixture;
  private String producers;
  private String topic;
  private String group;
  private long next;

  TransactionsContract(RocketMQVersion version) {
    engine = SharedEngine.of(version);
  }

  @BeforeEach
  void connect(Ledger ledger) {
    fixture = ClientFixture.start(engine.nameServerAddress(), ledger);
    producers = TopicNames.unique("producers");
    topic = fixture.newTopic("half", 1);
    group = fixture.newGroup(false);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aHalfMessageIsSeenOnceItIsCommitted() {
    HalfMessage half = begin("committed", Map.of());
    assertThat(delivered(QUIET)).isEmpty();

    end(half, Resolution.COMMIT, false);

    assertThat(delivered(PATIENCE)).containsExactly("committed");
    assertThat(delivered(QUIET)).isEmpty();
  }

  @Test
  void aHalfMessageThatIsRolledBackIsNeverSeenAndNotAskedFor() throws InterruptedException {
    LinkedBlockingQueue<TransactionCheck> checks = join();
    HalfMessage half = begin("rolled back", Map.of());

    end(half, Resolution.ROLLBACK, false);
    HalfMessage open = begin("open", Map.of());

    // Asked for in their order: what comes first was not ended.
    TransactionCheck first = checks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(first).isNotNull();
    assertThat(first.half().messageId()).isEqualTo(open.messageId());
    end(first.half(), Resolution.ROLLBACK, true);
    assertThat(delivered(QUIET)).isEmpty();
  }

  @Test
  void anOpenTransactionIsAskedForWithItsMessageAndEndedByItsCopy() throws InterruptedException {
    LinkedBlockingQueue<TransactionCheck> checks = join();
    HalfMessage half = begin("forgotten", Map.of("colour", "blue"));

    TransactionCheck check = checks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(check).isNotNull();
    assertThat(check.message().property("colour")).isEqualTo("blue");
    assertThat(check.half().messageId()).isEqualTo(half.messageId());
    assertThat(check.half().topic()).isEqualTo(topic);
    assertThat(check.half().producerGroup()).isEqualTo(producers);
    assertThat(check.half().queueOffset()).isGreaterThan(half.queueOffset());
    end(check.half(), Resolution.COMMIT, true);
    assertThat(delivered(PATIENCE)).containsExactly("forgotten");
    checks.clear();
    assertThat(checks.poll(5, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void anUnknownEndIsDoneWhenItIsWrittenAndAskedForAgain() throws InterruptedException {
    LinkedBlockingQueue<TransactionCheck> checks = join();
    HalfMessage half = begin("undecided", Map.of());

    end(half, Resolution.UNKNOWN, false);
    TransactionCheck first = checks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(first).isNotNull();
    end(first.half(), Resolution.UNKNOWN, true);
    TransactionCheck second = checks.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(second).isNotNull();
    assertThat(second.half().messageId()).isEqualTo(half.messageId());
    end(second.half(), Resolution.ROLLBACK, true);
  }

  @Test
  void twoCommitsDeliverTwice() {
    HalfMessage half = begin("twice", Map.of());

    end(half, Resolution.COMMIT, false);
    end(half, Resolution.COMMIT, false);

    assertThat(delivered(PATIENCE)).containsExactly("twice");
    assertThat(delivered(PATIENCE)).containsExactly("twice");
  }

  @Test
  void endingWhatTheBrokerDoesNotHaveIsRefused() {
    HalfMessage half = begin("real", Map.of());
    HalfMessage invented =
        new HalfMessage(
            half.brokerName(), topic, producers, half.messageId(), half.queueOffset(), 1L << 50);

    ClientException refused =
        catchThrowableOfType(ClientException.class, () -> end(invented, Resolution.COMMIT, false));

    assertThat(refused).hasMessageContaining("Find prepared transaction message failed");
    end(half, Resolution.ROLLBACK, false);
  }

  LinkedBlockingQueue<TransactionCheck> join() {
    LinkedBlockingQueue<TransactionCheck> checks = new LinkedBlockingQueue<>();
    fixture.client.transactions().onCheck((from, check) -> checks.add(check));
    fixture.client.memberships().joinProducers(producers);
    return checks;
  }

  HalfMessage begin(String body, Map<String, String> more) {
    Map<String, String> properties = new HashMap<>(more);
    properties.put("UNIQ_KEY", TopicNames.unique("id"));
    properties.put("TRAN_MSG", "true");
    properties.put("PGROUP", producers);
    TopicQueue queue = fixture.route(topic).writable(0);
    OutgoingMessage message =
        new OutgoingMessage(
            producers,
            SystemFlags.TRANSACTION_PREPARED,
            System.currentTimeMillis(),
            ClientFixture.member(body, properties));
    SendReply sent =
        FutureReply.await(
            reply -> fixture.client.sending().send(queue, message, ClientFixture.TIMEOUT, reply));
    return new HalfMessage(
        queue.broker().name(),
        topic,
        producers,
        properties.get("UNIQ_KEY"),
        sent.queueOffset(),
        OffsetMessageId.commitLogOffset(sent.offsetMessageIds().getFirst()));
  }

  void end(HalfMessage half, EndTransaction.Resolution resolution, boolean fromCheck) {
    FutureReply.<Done>await(
        reply ->
            fixture
                .client
                .transactions()
                .end(half, resolution, fromCheck, ClientFixture.TIMEOUT, reply));
  }

  /** Reads one message, or nothing when none comes in time. */
  List<String> delivered(Duration time) {
    List<StoredMessage> pulled =
        fixture.pullAll(fixture.route(topic).readable(0), group, Filter.ALL, next, 1, time).stream()
            .limit(1)
            .toList();
    next += pulled.size();
    return pulled.stream().map(ClientFixture::body).toList();
  }
}
