package dev.sluice.gateway.backend.rocketmq;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.wire.RequestCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of RocketMQ's transactions when things go wrong. */
class TransactionsTest {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  @TempDir static Path data;

  private final RocketMQSettings settings = TestLoops.settings(TopicNames.unique("producers"));
  private final LinkedBlockingQueue<TransactionCheck> checks = new LinkedBlockingQueue<>();

  /**
   * A broker that asks has stored the message anew, and asks about that copy until somebody ends
   * it, also when the message was committed by its first name meanwhile.
   */
  @Test
  void aCommitThatCrossesACheckIsDeliveredOnceAndNotAskedForAgain() throws Exception {
    try (UpstreamFixture fixture = start(SharedEngine.rocketmq5().nameServerAddress())) {
      String topic = fixture.newTopic(1, MessageKind.TRANSACTION);
      String group = fixture.newGroup(topic, new Subscription.Start.Earliest());
      OpenTransaction crossed = begin(fixture, topic, "crossed");
      assertThat(poll().message().id()).isEqualTo(crossed.messageId());

      end(fixture, crossed.handle(), Resolution.COMMIT).succeeded(UpstreamFixture.PATIENCE);
      fixture.ack(group, fixture.receive(topic, group, 1));
      // Checks go out in the order of the messages: the third round for this one has the copy's
      // too, if it was not dropped.
      checks.clear();
      OpenTransaction later = begin(fixture, topic, "later");
      for (int round = 0; round < 3; round++) {
        assertThat(poll().message().id()).isEqualTo(later.messageId());
      }

      end(fixture, later.handle(), Resolution.ROLLBACK).succeeded(UpstreamFixture.PATIENCE);
      assertThat(fixture.receiveAll(topic, group)).isEmpty();
    }
  }

  @Test
  void aTransactionOutlivesTheDeathOfItsBroker() throws Exception {
    RocketMQEngine engine =
        RocketMQEngine.in(data.resolve("engine"))
            .quickStart()
            .brokerSetting("transactionCheckInterval", "2000")
            .brokerSetting("transactionTimeOut", "2000")
            .start();
    try (UpstreamFixture fixture = start(engine.nameServerAddress())) {
      String topic = fixture.newTopic(1, MessageKind.TRANSACTION);
      String group = fixture.newGroup(topic, new Subscription.Start.Earliest());
      OpenTransaction committed = begin(fixture, topic, "committed");
      OpenTransaction askedFor = begin(fixture, topic, "asked for");
      engine.kill().toCompletableFuture().join();

      GatewayException lost =
          end(fixture, committed.handle(), Resolution.COMMIT).failure(UpstreamFixture.PATIENCE);
      assertThat(lost.category())
          .isIn(ErrorCategory.UNAVAILABLE, ErrorCategory.UNKNOWN_OUTCOME, ErrorCategory.TIMEOUT);
      engine.restart();
      checks.clear();
      // The broker forgot who to ask, and is told again.
      Map<String, TransactionCheck> asked = new HashMap<>();
      while (asked.size() < 2) {
        TransactionCheck check = poll();
        asked.put(check.message().id(), check);
      }
      TransactionCheck second = requireNonNull(asked.get(askedFor.messageId()));
      end(fixture, committed.handle(), Resolution.COMMIT).succeeded(UpstreamFixture.PATIENCE);
      end(fixture, second.handle(), Resolution.COMMIT).succeeded(UpstreamFixture.PATIENCE);

      assertThat(fixture.receive(topic, group, 2))
          .extracting(Messages::text)
          .containsExactlyInAnyOrder("committed", "asked for");
      assertThat(fixture.receiveAll(topic, group)).isEmpty();
    } finally {
      engine.close();
    }
  }

  @Test
  void anEndWithoutAnswerIsToldAsUnknownAndAskedAboutBeforeItIsMadeAgain() throws Exception {
    try (ScriptedCluster cluster = ScriptedCluster.start("V5_5_0");
        UpstreamFixture fixture = start(cluster.address())) {
      cluster.hangUpOn(RequestCode.END_TRANSACTION);
      BegunTransaction transaction =
          new BegunTransaction(
              new HalfMessage("old-broker", "orders", "producers", "id-1", 1, 2), 0);

      GatewayException unknown =
          end(fixture, transaction.handle(), Resolution.COMMIT).failure(UpstreamFixture.PATIENCE);

      assertThat(unknown.category()).isEqualTo(ErrorCategory.UNKNOWN_OUTCOME);
      assertThat(cluster.received(RequestCode.END_TRANSACTION)).isOne();
      assertThat(cluster.received(QUERY_MESSAGE)).isZero();
      var again =
          end(fixture, transaction.handle(), Resolution.COMMIT).failure(UpstreamFixture.PATIENCE);
      assertThat(again.category()).isEqualTo(ErrorCategory.UNKNOWN_OUTCOME);
      assertThat(cluster.received(QUERY_MESSAGE)).isOne();
      assertThat(cluster.received(RequestCode.END_TRANSACTION)).isEqualTo(2);
    }
  }

  private static final int QUERY_MESSAGE = 12;

  private UpstreamFixture start(String nameServers) {
    return UpstreamFixture.start(LOOPS.backend(settings), nameServers, checks::add);
  }

  private static OpenTransaction begin(UpstreamFixture fixture, String topic, String body) {
    return UpstreamFixture.get(
        done ->
            fixture.upstream.begin(
                Messages.plain(topic, body), "", Duration.ZERO, UpstreamFixture.PATIENCE, done));
  }

  private static Outcome<Void> end(UpstreamFixture fixture, String handle, Resolution resolution) {
    return UpstreamFixture.outcome(done -> fixture.upstream.end(handle, resolution, done));
  }

  private TransactionCheck poll() throws InterruptedException {
    TransactionCheck check =
        checks.poll(2 * UpstreamFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(check).as("a check").isNotNull();
    return check;
  }
}
