package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What groups see of a broker of 4.x that dies and comes back. */
class BrokerLossOn4Test {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  @TempDir static Path data;

  @Test
  void aGroupGoesOnWhereItWasAndOneThatHasNotBegunWhereItWasTold() {
    try (RocketMQEngine engine = start();
        UpstreamFixture fixture = UpstreamFixture.start(LOOPS, engine.nameServerAddress())) {
      String topic = fixture.newTopic(2, MessageKind.NORMAL);
      for (int i = 0; i < 6; i++) {
        assertThat(fixture.send(Messages.plain(topic, "old" + i))).hasSize(1);
      }
      String running = fixture.newGroup(topic, new Subscription.Start.Earliest());
      fixture.ack(running, fixture.receive(topic, running, 6));
      String waiting = fixture.newGroup(topic, new Subscription.Start.Latest());
      for (int i = 0; i < 4; i++) {
        assertThat(fixture.send(Messages.plain(topic, "new" + i))).hasSize(1);
      }
      engine.kill().toCompletableFuture().join();
      engine.restart();

      assertThat(received(fixture, topic, waiting, 4))
          .containsExactlyInAnyOrder("new0", "new1", "new2", "new3");
      assertThat(received(fixture, topic, running, 4))
          .containsExactlyInAnyOrder("new0", "new1", "new2", "new3");
    }
  }

  @Test
  void whoReceivesFromABrokerThatIsAwayIsToldSoAndServedWhenItIsBack() {
    try (RocketMQEngine engine = start();
        UpstreamFixture fixture = UpstreamFixture.start(LOOPS, engine.nameServerAddress())) {
      String topic = fixture.newTopic(2, MessageKind.NORMAL);
      String running = fixture.newGroup(topic, new Subscription.Start.Earliest());
      fixture.send(Messages.plain(topic, "before"));
      fixture.ack(running, fixture.receive(topic, running, 1));
      String beginning = TopicNames.unique("beginning");
      engine.kill().toCompletableFuture().join();

      for (int i = 0; i < 3; i++) {
        assertUnavailable(fixture, topic, running, engine.brokerAddress());
        assertUnavailable(fixture, topic, beginning, engine.brokerAddress());
      }

      engine.restart();
      await()
          .atMost(UpstreamFixture.PATIENCE)
          .ignoreExceptions()
          .until(() -> fixture.send(Messages.plain(topic, "after")).size() == 1);
      for (String group : List.of(running, beginning)) {
        assertThat(received(fixture, topic, group, 1)).contains("after");
      }
    }
  }

  private static void assertUnavailable(
      UpstreamFixture fixture, String topic, String group, String address) {
    GatewayException failure =
        UpstreamFixture.<List<Delivery>>outcome(
                done ->
                    fixture.upstream.receive(
                        UpstreamFixture.request(topic, group, Duration.ofSeconds(10)), done))
            .failure(UpstreamFixture.PATIENCE);
    assertThat(failure.category()).as(failure.getMessage()).isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThat(failure).hasMessageContaining(address);
  }

  private static RocketMQEngine start() {
    return RocketMQEngine.in(data.resolve(TopicNames.unique("engine")))
        .version(RocketMQVersion.V4)
        .start();
  }

  /** All that comes until there are so many, and a little longer. */
  private static Set<String> received(
      UpstreamFixture fixture, String topic, String group, int count) {
    Set<String> received = new HashSet<>();
    await()
        .atMost(UpstreamFixture.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              for (Delivery delivery :
                  fixture.receive(UpstreamFixture.request(topic, group, Duration.ofSeconds(1)))) {
                received.add(Messages.text(delivery));
              }
              return received.size() >= count;
            });
    for (Delivery delivery :
        fixture.receive(UpstreamFixture.request(topic, group, Duration.ofSeconds(1)))) {
      received.add(Messages.text(delivery));
    }
    return received;
  }
}
