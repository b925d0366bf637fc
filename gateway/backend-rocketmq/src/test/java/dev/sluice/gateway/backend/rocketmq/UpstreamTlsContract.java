package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.EngineTls;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.rocketmq.remoting.TlsOptions;
import dev.sluice.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Servers that talk TLS alone, and ask for a certificate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UpstreamTlsContract {
  private RocketMQEngine engine;
  private TlsOptions right;
  private TlsOptions strange;

  /** The subclass's own, which end with it. */
  abstract TestLoops loops();

  /** An engine of a version. */
  abstract RocketMQEngineOptions.Builder of(RocketMQEngineOptions.Builder engine);

  @BeforeAll
  void startEngine(@TempDir Path folder) throws IOException {
    TestCertificate authority = TestCertificate.authority("engines");
    Path trusted = Files.writeString(folder.resolve("ca.crt"), authority.certificatePem());
    Path certificate = authority.signs("engine").writeTo(folder, "engine");
    right =
        TlsOptions.standard()
            .trusting(trusted)
            .showing(
                authority.signs("gateway").writeTo(folder, "gateway"),
                folder.resolve("gateway.key"));
    TestCertificate stranger = TestCertificate.authority("stranger");
    strange =
        TlsOptions.standard()
            .trusting(Files.writeString(folder.resolve("other.crt"), stranger.certificatePem()))
            .showing(
                stranger.signs("gateway").writeTo(folder, "other"), folder.resolve("other.key"));
    engine =
        of(RocketMQEngine.in(folder.resolve("data")).quickStart())
            .tls(new EngineTls(certificate, folder.resolve("engine.key"), trusted))
            .start();
  }

  @AfterAll
  void closeEngine() {
    engine.close();
  }

  private GatewayException refusalOf(RocketMQSettings settings) {
    Upstream upstream =
        loops()
            .backend(settings)
            .connect(new UpstreamSpec(engine.nameServerAddress(), "", Credentials.NONE));
    return UpstreamFixture.<Capabilities>outcome(upstream::start).failure(UpstreamFixture.PATIENCE);
  }

  @Test
  void theRightCertificatesSendReceiveAndHaveMessagesComeAgain() {
    try (UpstreamFixture fixture =
        UpstreamFixture.start(
            loops().backend(TestLoops.settings(right)), engine.nameServerAddress(), check -> {})) {
      String topic = fixture.newTopic(1, MessageKind.NORMAL);
      String group = fixture.newGroup(topic, new Subscription.Start.Latest());
      assertThat(fixture.send(Messages.plain(topic, "sealed"))).hasSize(1);

      Delivery first = fixture.receive(topic, group, 1).getFirst();
      UpstreamFixture.<NewHandle>get(
          done ->
              fixture.upstream.changeInvisible(topic, group, first.handle(), Duration.ZERO, done));
      Delivery again = fixture.receive(topic, group, 1).getFirst();

      assertThat(Messages.text(again)).isEqualTo("sealed");
      assertThat(again.attempt()).isEqualTo(2);
      fixture.ack(group, List.of(again));
    }
  }

  @Test
  void whoTrustsOthersSaysNothingToTheServers() {
    GatewayException refusal =
        refusalOf(
            TestLoops.settings(
                new TlsOptions(
                    strange.authorities(), right.certificate(), right.key(), right.check())));

    assertThat(refusal.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThat(refusal).hasMessageContaining("TLS: ").hasMessageContaining("certi");
  }

  @Test
  void whoShowsAnotherCertificateOrNoneOrTalksNoTlsIsNotServed() {
    TlsOptions stranger =
        new TlsOptions(right.authorities(), strange.certificate(), strange.key(), right.check());
    TlsOptions nobody = new TlsOptions(right.authorities(), null, null, right.check());

    for (RocketMQSettings settings :
        new RocketMQSettings[] {
          TestLoops.settings(stranger), TestLoops.settings(nobody), RocketMQSettings.DEFAULT
        }) {
      assertThat(refusalOf(settings).category())
          .as(String.valueOf(settings.tls()))
          .isEqualTo(ErrorCategory.UNAVAILABLE);
    }
  }

  @Test
  void filesThatAreNotThereAreNamed() {
    GatewayException refusal =
        refusalOf(TestLoops.settings(right.trusting(Path.of("/nowhere/ca.crt"))));

    assertThat(refusal.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    assertThat(refusal).hasMessageContaining("/nowhere/ca.crt");
  }
}
