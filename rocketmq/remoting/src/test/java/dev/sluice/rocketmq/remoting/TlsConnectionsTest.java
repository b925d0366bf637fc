package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.EngineTls;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.TlsOptions.Check;
import dev.sluice.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Name servers and brokers that talk TLS alone. */
class TlsConnectionsTest {
  private final TestCertificate authority = TestCertificate.authority("engines");

  @TempDir private Path folder;
  private Path authorities;

  @BeforeEach
  void writeAuthority() throws IOException {
    authorities = Files.writeString(folder.resolve("authority.crt"), authority.certificatePem());
  }

  private RocketMQEngine engine(
      RocketMQVersion version, TestCertificate certificate, @Nullable Path clientAuthorities)
      throws IOException {
    Path file = certificate.writeTo(folder, "engine");
    return RocketMQEngine.in(folder.resolve("data"))
        .version(version)
        .quickStart()
        .tls(new EngineTls(file, folder.resolve("engine.key"), clientAuthorities))
        .start();
  }

  private static ClientFixture client(
      RocketMQEngine engine, Ledger ledger, @Nullable TlsOptions tls) {
    return ClientFixture.start(engine.nameServerAddress(), ledger, options -> options.tls(tls));
  }

  private static void talks(RocketMQEngine engine, Ledger ledger, TlsOptions tls) {
    try (ClientFixture fixture = client(engine, ledger, tls)) {
      Route route = fixture.route(fixture.newTopic("sealed", 1));
      fixture.send(route.writable(0), "secret");
      assertThat(
              fixture.pullAll(
                  route.readable(0),
                  fixture.newGroup(false),
                  Filter.ALL,
                  0,
                  1,
                  Duration.ofSeconds(20)))
          .extracting(ClientFixture::body)
          .containsExactly("secret");
    }
  }

  private static void refuses(
      RocketMQEngine engine, Ledger ledger, @Nullable TlsOptions tls, String why) {
    try (ClientFixture fixture = client(engine, ledger, tls)) {
      ClientException failure =
          catchThrowableOfType(
              ClientException.class,
              () -> FutureReply.await(fixture.client.administration()::listTopics));
      assertThat(failure).isNotNull();
      assertThat(failure.category()).isEqualTo(FailureCategory.UNAVAILABLE);
      assertThat(failure).hasMessageContaining(why);
    }
  }

  @ParameterizedTest
  @EnumSource
  void serversOfATrustedAuthorityAreTalkedTo(RocketMQVersion version, Ledger ledger)
      throws IOException {
    try (RocketMQEngine engine = engine(version, authority.signs("engine"), null)) {
      TlsOptions trusting = TlsOptions.standard().trusting(authorities);

      talks(engine, ledger, trusting);
      refuses(engine, ledger, TlsOptions.standard(), "TLS: ");
      talks(engine, ledger, TlsOptions.standard().checking(Check.NOTHING));
      refuses(engine, ledger, null, "lost");
    }
  }

  @Test
  void serversThatAskForACertificateAreShownOneAndTheirNameIsCheckedUnlessToldOtherwise(
      Ledger ledger) throws IOException {
    TestCertificate elsewhere =
        authority.signs("engine", "elsewhere.test", Instant.now().plus(Duration.ofDays(1)));
    Path shown = authority.signs("client").writeTo(folder, "client");
    try (RocketMQEngine engine = engine(RocketMQVersion.V4, elsewhere, authorities)) {
      TlsOptions showing =
          TlsOptions.standard().trusting(authorities).showing(shown, folder.resolve("client.key"));

      refuses(engine, ledger, showing, "TLS: ");
      talks(engine, ledger, showing.checking(Check.SIGNATURE));
      refuses(
          engine,
          ledger,
          TlsOptions.standard().trusting(authorities).checking(Check.SIGNATURE),
          "lost");
    }
  }

  @Test
  void filesThatCannotBeUsedAreNamedBeforeAnythingIsOpened(Ledger ledger) throws IOException {
    Path nonsense = Files.writeString(folder.resolve("nonsense.crt"), "nonsense");
    for (TlsOptions wrong :
        new TlsOptions[] {
          TlsOptions.standard().trusting(nonsense),
          TlsOptions.standard().showing(nonsense, nonsense),
        }) {
      assertThatThrownBy(
              () -> ClientFixture.start("127.0.0.1:1", ledger, options -> options.tls(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nonsense.crt (expected: PEM");
    }
    Path missing = folder.resolve("missing.crt");
    assertThatThrownBy(
            () ->
                ClientFixture.start(
                    "127.0.0.1:1",
                    ledger,
                    options -> options.tls(TlsOptions.standard().trusting(missing))))
        .hasMessage("authorities: " + missing + " (expected: a readable file)");
    assertThatThrownBy(() -> new TlsOptions(null, missing, null, Check.HOST_NAME))
        .hasMessageContaining("expected: both or none");
  }
}
