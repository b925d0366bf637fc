package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is sent to brokers of 4.x is stored as they know it, and the rest is refused. */
class SendingOn4Test {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private static final LinkedBlockingQueue<TransactionCheck> CHECKS = new LinkedBlockingQueue<>();

  private final UpstreamFixture fixture =
      UpstreamFixture.start(
          LOOPS.backend(TestLoops.settings(TopicNames.unique("producers"))),
          SharedEngine.rocketmq4().nameServerAddress(),
          CHECKS::add);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aTopicTakesAllKindsThatTheBrokersKnow() {
    String topic = fixture.newTopic(2, MessageKind.FIFO);

    Topology topology = UpstreamFixture.get(done -> fixture.upstream.topology(topic, done));

    assertThat(topology.queues()).hasSize(2);
    assertThat(topology.accepts()).isEqualTo(fixture.capabilities.messageKinds());
    assertThat(topology.accepts())
        .containsExactlyInAnyOrder(
            MessageKind.NORMAL, MessageKind.FIFO, MessageKind.DELAY, MessageKind.TRANSACTION);
  }

  @Test
  void batchesAndKeysKeepTheirOrder() {
    String topic = fixture.newTopic(4, MessageKind.NORMAL);
    fixture.send(Messages.keyed(topic, "0", "k"));
    for (int i = 1; i < 5; i++) {
      fixture.send(Messages.keyed(topic, i + "a", "k"), Messages.keyed(topic, i + "b", "k"));
    }
    QueueId queue = Objects.requireNonNull(fixture.upstream.queueOf(topic, "k"));

    assertThat(read(topic, queue, 9))
        .extracting(Messages::text)
        .containsExactly("0", "1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b");
  }

  @Test
  void aTimeThatALevelMeetsIsKept() {
    String topic = fixture.newTopic(1, MessageKind.DELAY);
    long before = System.currentTimeMillis();

    SendReceipt receipt = send(at(topic, before + 1_000)).getFirst();

    assertThat(receipt.moved()).isNull();
    assertThat(receipt.recallHandle()).isNull();
    assertThat(read(topic, onlyQueue(topic), 1)).extracting(Messages::text).containsExactly("x");
    assertThat(System.currentTimeMillis() - before).isGreaterThanOrEqualTo(900);
  }

  @Test
  void whatTheBrokersWouldPassOverIsRefusedByTheirVersion() {
    String topic = fixture.newTopic(1, MessageKind.NORMAL);

    GatewayException time = refusal(at(topic, System.currentTimeMillis() + 20_000));
    GatewayException priority = refusal(special(topic, 3, null));
    GatewayException lite = refusal(special(topic, OutboundMessage.NO_PRIORITY, "l"));
    GatewayException recall =
        UpstreamFixture.<String>outcome(done -> fixture.upstream.recall(topic, "h", done))
            .failure(UpstreamFixture.PATIENCE);
    GatewayException kind =
        UpstreamFixture.<Void>outcome(
                done ->
                    fixture.upstream.createTopic(
                        TopicNames.unique("lite"), 1, MessageKind.LITE, done))
            .failure(UpstreamFixture.PATIENCE);

    assertThat(time.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    for (GatewayException refused : List.of(priority, lite, recall, kind)) {
      assertThat(refused.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
    }
    for (GatewayException refused : List.of(time, priority, lite, recall, kind)) {
      assertThat(refused).hasMessageContaining("RocketMQ 4.9.7");
    }
    assertThat(read(topic, onlyQueue(topic), 0)).isEmpty();
  }

  @Test
  void transactionsAreCommittedRolledBackAndAskedFor() throws Exception {
    String topic = fixture.newTopic(1, MessageKind.TRANSACTION);
    OpenTransaction committed = begin(topic, "committed");
    OpenTransaction rolledBack = begin(topic, "rolled back");
    UpstreamFixture.run(done -> fixture.upstream.end(committed.handle(), Resolution.COMMIT, done));
    UpstreamFixture.run(
        done -> fixture.upstream.end(rolledBack.handle(), Resolution.ROLLBACK, done));
    OpenTransaction askedFor = begin(topic, "asked for");

    TransactionCheck check;
    do {
      check = CHECKS.poll(60, TimeUnit.SECONDS);
      assertThat(check).isNotNull();
      // A broker that is slow may ask for one that is being ended.
    } while (!askedFor.messageId().equals(check.message().id()));
    String handle = check.handle();
    assertThat(check.note()).isEqualTo("note");
    UpstreamFixture.run(done -> fixture.upstream.end(handle, Resolution.COMMIT, done));

    assertThat(read(topic, onlyQueue(topic), 2))
        .extracting(Messages::text)
        .containsExactly("committed", "asked for");
  }

  @Test
  void groupsRetryByTheBrokersLevels() {
    ConsumerGroup group =
        UpstreamFixture.get(done -> fixture.upstream.group(TopicNames.unique("group"), done));

    assertThat(group.ordered()).isFalse();
    assertThat(group.maxAttempts()).isEqualTo(17);
    assertThat(group.retries())
        .isEqualTo(new ConsumerGroup.Retries.Steps(DelayLevels.USUAL.retries()));
  }

  private List<SendReceipt> send(OutboundMessage message) {
    return fixture.send(message);
  }

  private GatewayException refusal(OutboundMessage message) {
    return UpstreamFixture.<List<SendReceipt>>outcome(
            done -> fixture.upstream.send(List.of(message), UpstreamFixture.PATIENCE, done))
        .failure(UpstreamFixture.PATIENCE);
  }

  private OpenTransaction begin(String topic, String body) {
    return UpstreamFixture.get(
        done ->
            fixture.upstream.begin(
                Messages.plain(topic, body),
                "note",
                Duration.ZERO,
                UpstreamFixture.PATIENCE,
                done));
  }

  private static OutboundMessage at(String topic, long time) {
    return Messages.scheduled(topic, "x", new Schedule.At(time));
  }

  private static OutboundMessage special(String topic, int priority, @Nullable String liteTopic) {
    OutboundMessage plain = Messages.plain(topic, "x");
    return new OutboundMessage(
        topic,
        null,
        plain.body(),
        plain.encoding(),
        null,
        plain.keys(),
        null,
        plain.properties(),
        plain.bornAt(),
        plain.bornHost(),
        Schedule.NOW,
        priority,
        liteTopic);
  }

  private QueueId onlyQueue(String topic) {
    return UpstreamFixture.<Topology>get(done -> fixture.upstream.topology(topic, done))
        .queues()
        .getFirst()
        .id();
  }

  /** Pulls the queue from its beginning until there are so many, or nothing more. */
  private List<Delivery> read(String topic, QueueId queue, int count) {
    List<Delivery> all = new ArrayList<>();
    Deadline deadline = Deadline.after(UpstreamFixture.PATIENCE);
    long next = 0;
    do {
      long from = next;
      Pulled pulled =
          UpstreamFixture.get(
              done ->
                  fixture.upstream.pull(
                      new PullRequest(
                          topic,
                          "reader",
                          Filter.ALL,
                          queue,
                          from,
                          32,
                          Duration.ofSeconds(count == 0 ? 0 : 2)),
                      done));
      next = pulled.nextOffset();
      if (pulled instanceof Pulled.Found found) {
        all.addAll(found.messages());
      }
    } while (all.size() < count && !deadline.isPast());
    return all;
  }
}
