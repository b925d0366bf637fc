package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A broker that asks its callers who they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AccessControlContract {
  static final Credentials RIGHT = new Credentials("the-owner", "the-right-secret");

  RocketMQEngine engine;

  /** The subclass's own, which end with it. */
  abstract TestLoops loops();

  /** An engine of a version, which knows who is right, and may do everything. */
  abstract RocketMQEngineOptions.Builder asking(RocketMQEngineOptions.Builder engine);

  @BeforeAll
  void startEngine(@TempDir Path data) {
    engine = asking(RocketMQEngine.in(data.resolve("engine")).quickStart()).start();
  }

  @AfterAll
  void closeEngine() {
    engine.close();
  }

  private GatewayException refusalOf(Credentials credentials) {
    Upstream upstream =
        loops().backend().connect(new UpstreamSpec(engine.nameServerAddress(), "", credentials));
    Outcome<Capabilities> start = UpstreamFixture.outcome(upstream::start);
    return start.failure(UpstreamFixture.PATIENCE);
  }

  @Test
  void theRightSecretSendsAndReceives() {
    try (UpstreamFixture owner =
        UpstreamFixture.start(loops(), engine.nameServerAddress(), RIGHT)) {
      String topic = owner.newTopic(2, MessageKind.NORMAL);
      String group = owner.newGroup(topic, new Subscription.Start.Latest());
      assertThat(owner.send(Messages.plain(topic, "signed"))).hasSize(1);
      owner.ack(group, owner.receive(topic, group, 1));
    }
  }

  @Test
  void theRightSecretSendsABatch() {
    try (UpstreamFixture owner =
        UpstreamFixture.start(loops(), engine.nameServerAddress(), RIGHT)) {
      String topic = owner.newTopic(1, MessageKind.NORMAL);
      String group = owner.newGroup(topic, new Subscription.Start.Latest());
      assertThat(owner.send(Messages.plain(topic, "one"), Messages.plain(topic, "two"))).hasSize(2);
      assertThat(owner.receive(topic, group, 2))
          .extracting(Messages::text)
          .containsExactlyInAnyOrder("one", "two");
    }
  }

  /** What makes it has an empty field, which the broker reads as none. */
  @Test
  void theRightSecretMakesATopicBySubscribingToIt() {
    try (UpstreamFixture owner =
        UpstreamFixture.start(loops(), engine.nameServerAddress(), RIGHT)) {
      String topic = TopicNames.unique("topic");
      String group = owner.newGroup(topic, new Subscription.Start.Latest());
      assertThat(owner.send(Messages.plain(topic, "signed"))).hasSize(1);
      owner.ack(group, owner.receive(topic, group, 1));
    }
  }

  @Test
  void aWrongSecretIsRefusedAlsoBesideTheRightOne() {
    try (UpstreamFixture owner =
        UpstreamFixture.start(loops(), engine.nameServerAddress(), RIGHT)) {
      owner.newTopic(2, MessageKind.NORMAL);
      GatewayException refusal = refusalOf(new Credentials(RIGHT.accessKey(), "a-wrong-secret"));
      assertThat(refusal.category()).isEqualTo(ErrorCategory.UNAUTHENTICATED);
      assertThat(refusal).hasMessageNotContaining("wrong-secret");
    }
  }

  @Test
  void nobodyIsRefused() {
    assertThat(refusalOf(Credentials.NONE).category()).isEqualTo(ErrorCategory.UNAUTHENTICATED);
  }

  @Test
  void aStrangerIsRefused() {
    assertThat(refusalOf(new Credentials("stranger", "some-secret")).category())
        .isEqualTo(ErrorCategory.UNAUTHENTICATED);
  }
}
