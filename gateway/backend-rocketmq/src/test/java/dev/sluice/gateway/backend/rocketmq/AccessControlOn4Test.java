package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.AclAccount;
import dev.sluice.engines.AclAccount.Right;
import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.Messages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** 4.9.7 with its plain access control, whose accounts may have rights to topics and groups. */
class AccessControlOn4Test extends AccessControlContract {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private static final String TOPIC = "orders";
  private static final String OTHER = "salaries";
  private static final String GROUP = "readers";
  private static final Credentials WRITER = new Credentials("the-writer", "the-writers-secret");
  private static final Credentials READER = new Credentials("the-reader", "the-readers-secret");

  @Override
  TestLoops loops() {
    return LOOPS;
  }

  @Override
  RocketMQEngineOptions.Builder asking(RocketMQEngineOptions.Builder engine) {
    return engine
        .version(RocketMQVersion.V4)
        .accounts(
            AclAccount.admin(RIGHT.accessKey(), RIGHT.secretKey()),
            new AclAccount(
                WRITER.accessKey(), WRITER.secretKey(), false, Map.of(TOPIC, Right.PUB), Map.of()),
            new AclAccount(
                READER.accessKey(),
                READER.secretKey(),
                false,
                Map.of(TOPIC, Right.SUB),
                Map.of(GROUP, Right.SUB)));
  }

  private UpstreamFixture as(Credentials credentials) {
    return UpstreamFixture.start(LOOPS, engine.nameServerAddress(), credentials);
  }

  @Test
  void thoseWithTheRightsSendAndConsumeAsAMember() {
    makeTopics();
    try (UpstreamFixture writer = as(WRITER);
        UpstreamFixture reader = as(READER)) {
      assertThat(writer.send(Messages.plain(TOPIC, "signed"))).hasSize(1);
      reader.subscribe(TOPIC, GROUP, new Subscription.Start.Earliest());

      Delivery first = reader.receive(TOPIC, GROUP, 1).getFirst();
      assertThat(Messages.text(first)).isEqualTo("signed");
      UpstreamFixture.<NewHandle>get(
          done ->
              reader.upstream.changeInvisible(TOPIC, GROUP, first.handle(), Duration.ZERO, done));
      Delivery again = reader.receive(TOPIC, GROUP, 1).getFirst();
      assertThat(again.attempt()).isEqualTo(2);
      reader.ack(GROUP, List.of(again));
    }
  }

  @Test
  void whatAnAccountHasNoRightToIsRefusedAndDisturbsNothingElse() {
    makeTopics();
    try (UpstreamFixture writer = as(WRITER);
        UpstreamFixture reader = as(READER)) {
      reader.subscribe(TOPIC, GROUP, new Subscription.Start.Latest());
      writer.send(Messages.plain(TOPIC, "before"));
      reader.ack(GROUP, reader.receive(TOPIC, GROUP, 1));

      refused(sending(writer, OTHER));
      refused(sending(reader, TOPIC));
      refused(receiving(reader, TOPIC, "thieves"));
      refused(receiving(reader, OTHER, GROUP));
      refused(receiving(writer, TOPIC, GROUP));

      writer.send(Messages.plain(TOPIC, "after"));
      assertThat(reader.receive(TOPIC, GROUP, 1))
          .extracting(Messages::text)
          .containsExactly("after");
    }
  }

  private void makeTopics() {
    try (UpstreamFixture owner = as(RIGHT)) {
      for (String topic : List.of(TOPIC, OTHER)) {
        UpstreamFixture.run(done -> owner.upstream.createTopic(topic, 2, MessageKind.NORMAL, done));
      }
    }
  }

  private static GatewayException sending(UpstreamFixture fixture, String topic) {
    return UpstreamFixture.<List<SendReceipt>>outcome(
            done ->
                fixture.upstream.send(
                    List.of(Messages.plain(topic, "forged")), UpstreamFixture.PATIENCE, done))
        .failure(UpstreamFixture.PATIENCE);
  }

  private static GatewayException receiving(UpstreamFixture fixture, String topic, String group) {
    return UpstreamFixture.<List<Delivery>>outcome(
            done ->
                fixture.upstream.receive(
                    UpstreamFixture.request(topic, group, Duration.ofSeconds(20)), done))
        .failure(UpstreamFixture.PATIENCE);
  }

  private static void refused(GatewayException failure) {
    assertThat(failure.category())
        .as(failure.getMessage())
        .isEqualTo(ErrorCategory.UNAUTHENTICATED);
    assertThat(failure.getMessage()).doesNotContain("secret");
  }
}
