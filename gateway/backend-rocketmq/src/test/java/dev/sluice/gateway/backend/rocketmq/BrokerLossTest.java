package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What callers see of a broker that is killed and comes back. */
class BrokerLossTest {
  private static final int IN_FLIGHT = 3000;

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  @TempDir static Path data;

  private static RocketMQEngine engine;

  @BeforeAll
  static void startEngine() {
    engine = RocketMQEngine.in(data.resolve("engine")).start();
  }

  @AfterAll
  static void closeEngine() {
    engine.close();
  }

  @Test
  void everySendEndsOnceAndOnlyWhatMayBeStoredIsSaidToBe() {
    try (UpstreamFixture fixture = UpstreamFixture.start(LOOPS, engine.nameServerAddress())) {
      String topic = fixture.newTopic(4, MessageKind.NORMAL);
      String group = fixture.newGroup(topic, new Subscription.Start.Earliest());
      Map<String, Outcome<List<SendReceipt>>> sends = new HashMap<>();
      CompletionStage<?> killed = CompletableFuture.completedStage(null);
      for (int i = 0; i < IN_FLIGHT; i++) {
        String body = "m" + i;
        sends.put(body, send(fixture, topic, body));
        if (i == IN_FLIGHT / 2) {
          await()
              .atMost(UpstreamFixture.PATIENCE)
              .until(() -> sends.values().stream().anyMatch(Outcome::isOver));
          killed = engine.kill();
        }
      }
      // Where the broker was quicker than its end, there is one that it cannot have taken.
      killed.toCompletableFuture().join();
      sends.put("late", send(fixture, topic, "late"));
      await()
          .atMost(UpstreamFixture.PATIENCE)
          .until(() -> sends.values().stream().allMatch(Outcome::isOver));
      engine.restart();

      Set<String> acknowledged =
          sends.entrySet().stream()
              .filter(send -> succeeded(send.getValue()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toSet());
      Set<String> stored = received(fixture, topic, group, acknowledged);

      sends.forEach(
          (body, send) -> {
            assertThat(send.calls()).as(body).isOne();
            if (stored.contains(body)) {
              assertThat(maybeStored(send)).as(body).isTrue();
            } else {
              assertThat(send.failure().category())
                  .as(body)
                  .isIn(
                      ErrorCategory.UNKNOWN_OUTCOME,
                      ErrorCategory.UNAVAILABLE,
                      ErrorCategory.TIMEOUT);
            }
          });
      assertThat(sends.values()).anyMatch(send -> !succeeded(send));
      assertThat(sends.values()).anyMatch(BrokerLossTest::succeeded);
    }
  }

  @Test
  void aGroupWhoseOffsetsTheBrokerLostDoesNotBeginWithTheOldestMessage() {
    try (UpstreamFixture fixture = UpstreamFixture.start(LOOPS, engine.nameServerAddress())) {
      String topic = fixture.newTopic(2, MessageKind.NORMAL);
      for (int i = 0; i < 5; i++) {
        assertThat(fixture.send(Messages.plain(topic, "old" + i))).hasSize(1);
      }
      String group = fixture.newGroup(topic, new Subscription.Start.Latest());
      for (int i = 0; i < 5; i++) {
        assertThat(fixture.send(Messages.plain(topic, "new" + i))).hasSize(1);
      }
      engine.kill().toCompletableFuture().join();
      engine.restart();

      Set<String> sent = Set.of("new0", "new1", "new2", "new3", "new4");
      assertThat(received(fixture, topic, group, sent)).isEqualTo(sent);
    }
  }

  @Test
  void aBrokerThatIsDownIsUnavailableWithItsAddress() {
    RocketMQEngine other = RocketMQEngine.in(data.resolve("other")).start();
    try (UpstreamFixture fixture = UpstreamFixture.start(LOOPS, other.nameServerAddress())) {
      other.kill().toCompletableFuture().join();

      GatewayException failure =
          UpstreamFixture.outcome(fixture.upstream::ping).failure(UpstreamFixture.PATIENCE);

      assertThat(failure.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(failure).hasMessageContaining(other.nameServerAddress());
    } finally {
      other.close();
    }
  }

  private static Outcome<List<SendReceipt>> send(
      UpstreamFixture fixture, String topic, String body) {
    return UpstreamFixture.outcome(
        done ->
            fixture.upstream.send(
                List.of(Messages.plain(topic, body)), Duration.ofSeconds(5), done));
  }

  /** Receives, failures or not, until all that is expected came, and then until nothing more. */
  private static Set<String> received(
      UpstreamFixture fixture, String topic, String group, Set<String> expected) {
    Set<String> received = new HashSet<>();
    await()
        .atMost(UpstreamFixture.PATIENCE.multipliedBy(2))
        .untilAsserted(
            () -> {
              fixture
                  .receive(UpstreamFixture.request(topic, group, Duration.ofSeconds(2)))
                  .forEach(delivery -> received.add(Messages.text(delivery)));
              assertThat(received).containsAll(expected);
            });
    fixture.receiveAll(topic, group).forEach(delivery -> received.add(Messages.text(delivery)));
    return received;
  }

  private static boolean maybeStored(Outcome<?> send) {
    return succeeded(send) || send.category() == ErrorCategory.UNKNOWN_OUTCOME;
  }

  private static boolean succeeded(Outcome<?> send) {
    try {
      send.succeeded();
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }
}
