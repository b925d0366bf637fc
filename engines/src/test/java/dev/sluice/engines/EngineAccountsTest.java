package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A broker of RocketMQ 4 that asks its callers who they are. */
class EngineAccountsTest {
  private static final int GET_BROKER_RUNTIME_INFO = 28;
  private static final AclAccount OWNER = AclAccount.admin("the-owner", "the-right-secret");

  private final RemotingProbe probe = new RemotingProbe(Duration.ofSeconds(20), Optional.empty());

  @TempDir private Path data;

  @Test
  @DisabledOnOs(OS.WINDOWS) // the rights of files
  void itServesThoseThatItKnowsAndItsSecretsAreForThisUserAlone() throws Exception {
    try (RocketMQEngine engine =
        RocketMQEngine.in(data.resolve("engine"))
            .version(RocketMQVersion.V4)
            .quickStart()
            .accounts(OWNER)
            .start()) {
      int port = Integer.parseInt(engine.brokerAddress().replaceFirst(".*:", ""));

      assertThat(ask(port, OWNER.secretKey())).startsWith("{");
      assertThatThrownBy(() -> ask(port, "wrong")).hasMessageContaining("AclException");
      assertThatThrownBy(() -> probe.ask(port, GET_BROKER_RUNTIME_INFO, "{}", new byte[0]))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("AclException");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(HostFiles.accountsFile(data.resolve("engine")))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void accountsThatTheBrokerWouldTakeForSomethingElseAreRefused() {
    assertThatThrownBy(() -> AclAccount.admin("short", "the-right-secret"))
        .hasMessage("accessKey: 'short' (expected: 7 to 128 of letters, digits, . _ -)");
    assertThatThrownBy(() -> AclAccount.admin("the-owner", "with \" quote"))
        .hasMessageContaining("secretKey of the-owner")
        .hasMessageNotContaining("quote");
    assertThatThrownBy(
            () ->
                new AclAccount(
                    "the-owner",
                    "the-right-secret",
                    false,
                    Map.of("a topic", AclAccount.Right.PUB),
                    Map.of()))
        .hasMessageContaining("name: 'a topic'");
    assertThat(OWNER.toString()).doesNotContain("secret");
  }

  private String ask(int port, String secret) throws IOException {
    String fields = new BrokerCredentials(OWNER.accessKey(), secret).fields();
    return probe.ask(port, GET_BROKER_RUNTIME_INFO, fields, new byte[0]).body();
  }
}
