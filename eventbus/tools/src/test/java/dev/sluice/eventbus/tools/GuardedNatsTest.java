package dev.sluice.eventbus.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import dev.sluice.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that talks TLS, wants to see a certificate of who calls, and asks for a password. */
class GuardedNatsTest {
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Set before the tests.
  private static NatsEngine engine;

  @BeforeAll
  static void start() throws IOException {
    TestCertificate authority = TestCertificate.authority("nats");
    authority.writeTo(folder, "authority");
    authority.signs("server").writeTo(folder, "server");
    authority.signs("caller").writeTo(folder, "caller");
    engine =
        NatsEngine.start(
            NatsEngineOptions.in(folder.resolve("data"))
                .configuration(
                    "authorization { user: ann, password: right-one }",
                    "tls { cert_file: \"%1$s/server.crt\", key_file: \"%1$s/server.key\","
                            .formatted(folder)
                        + " ca_file: \"%1$s/authority.crt\", verify: true }".formatted(folder)));
  }

  @AfterAll
  static void stop() {
    engine.close();
  }

  private static Ran list(Map<String, String> environment) throws IOException {
    Path config = folder.resolve("nats.properties");
    Files.writeString(
        config,
        """
        user=ann
        password=right-one
        tls.ca=%1$s/authority.crt
        tls.cert=%1$s/caller.crt
        tls.key=%1$s/caller.key
        """
            .formatted(folder));
    String address = engine.url().replace("nats:", "tls:");
    return Ran.command(
        environment,
        List.of(
            "dead-letters",
            "list",
            "-g",
            "g",
            "-t",
            "t",
            "--bus",
            address,
            "--config",
            config.toString()));
  }

  @Test
  void whoIsKnownIsServed() throws IOException {
    list(Map.of()).assertFailed(ExitCodes.FAILED, "has no t-g-dlq");
  }

  @Test
  void whoIsNotKnownIsToldSoAtOnceAndWithoutTheSecret() throws IOException {
    Ran ran = list(Map.of("SLUICE_BUS_PASSWORD", "wrong-one"));

    ran.assertFailed(ExitCodes.FAILED, "does not know the caller");
    assertThat(ran.err()).doesNotContain("wrong-one", "right-one");
  }
}
