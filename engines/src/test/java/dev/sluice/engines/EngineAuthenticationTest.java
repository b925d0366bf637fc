package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that asks its callers who they are is ready when it knows them. */
class EngineAuthenticationTest {
  private static final int GET_BROKER_RUNTIME_INFO = 28;
  private static final BrokerCredentials OWNER = new BrokerCredentials("owner", "the-right-secret");

  private final RemotingProbe probe = new RemotingProbe(Duration.ofSeconds(20), Optional.empty());

  @TempDir private Path data;

  @Test
  void itServesItsOwnerAtOnceEachTimeItStartsAndNobodyElse() throws Exception {
    try (RocketMQEngine engine =
        RocketMQEngine.in(data.resolve("engine"))
            .quickStart()
            .authenticating(OWNER.accessKey(), OWNER.secretKey())
            .start()) {
      for (int start = 0; start < 3; start++) {
        int port = port(engine.brokerAddress());
        assertThat(ask(port, OWNER.fields())).startsWith("{");
        assertThatThrownBy(() -> ask(port, "{}")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ask(port, new BrokerCredentials("owner", "wrong").fields()))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("\"code\":16,");
        engine.kill().toCompletableFuture().join();
        engine.restart();
      }
    }
  }

  @Test
  void theCredentialsAreThoseThatTheBrokerIsTold() {
    String user = "{\"username\":\"first\",\"password\":\"1\"}";
    String inner = "{ \"accessKey\" : \"inner\", \"secretKey\" : \"2\" }";

    assertThat(BrokerCredentials.in(Map.of("initAuthenticationUser", user)))
        .as("nobody is asked")
        .isEmpty();
    assertThat(BrokerCredentials.in(Map.of("authenticationEnabled", "true"))).isEmpty();
    assertThat(
            BrokerCredentials.in(
                Map.of("authenticationEnabled", "true", "initAuthenticationUser", user)))
        .contains(new BrokerCredentials("first", "1"));
    assertThat(
            BrokerCredentials.in(
                Map.of(
                    "authenticationEnabled",
                    "true",
                    "initAuthenticationUser",
                    user,
                    "innerClientAuthenticationCredentials",
                    inner)))
        .contains(new BrokerCredentials("inner", "2"));
    assertThat(OWNER.toString()).doesNotContain("secret");
  }

  private String ask(int port, String fields) throws IOException {
    return probe.ask(port, GET_BROKER_RUNTIME_INFO, fields, new byte[0]).body();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }
}
