package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that talk TLS alone, with clients that show who they are. */
class EngineTlsTest {
  private static final int GET_BROKER_CLUSTER_INFO = 106;

  private final TestCertificate authority = TestCertificate.authority("engines");

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource
  void bothServersAnswerThoseWithACertificateAlone(RocketMQVersion version) throws Exception {
    Path authorities =
        Files.writeString(folder.resolve("authority.crt"), authority.certificatePem());
    Path own = authority.signs("engine").writeTo(folder, "engine");
    try (RocketMQEngine engine =
        RocketMQEngine.in(folder.resolve("data"))
            .version(version)
            .quickStart()
            .tls(new EngineTls(own, folder.resolve("engine.key"), authorities))
            .start()) {
      int port = Integer.parseInt(engine.nameServerAddress().replaceFirst(".*:", ""));
      SSLContext known = TestCertificate.client(authority, authority.signs("client"));
      SSLContext unknown = TestCertificate.client(authority);

      assertThat(ask(port, Optional.of(known))).contains(engine.brokerAddress());
      assertThatThrownBy(() -> ask(port, Optional.of(unknown))).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> ask(port, Optional.empty())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void filesThatAreNotThereAreNamed() {
    Path missing = folder.resolve("missing.crt");
    assertThatThrownBy(() -> new EngineTls(missing, missing, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("certificate: " + missing + " (expected: a readable file)");
  }

  private static String ask(int port, Optional<SSLContext> tls) throws IOException {
    return new RemotingProbe(Duration.ofSeconds(20), Optional.empty(), tls)
        .ask(port, GET_BROKER_CLUSTER_INFO, "{}", new byte[0])
        .body();
  }
}
