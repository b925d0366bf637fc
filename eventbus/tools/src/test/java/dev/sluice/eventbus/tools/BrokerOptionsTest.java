package dev.sluice.eventbus.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.NatsCredentials;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.TransportOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file and the environment make of a bus's options. */
class BrokerOptionsTest {
  private static final BusOptions BUS = BusOptions.of("shop");

  @TempDir private Path folder;

  private TransportOptions options(String address, Map<String, String> environment, String... file)
      throws IOException {
    Path config = folder.resolve("bus.properties");
    Files.writeString(config, String.join("\n", file));
    return BrokerOptions.of(
        BusAddress.parse(address), BUS, "orders", BusSettings.read(config, environment));
  }

  @Test
  void kafkaHasThePropertiesOfItsClients() throws IOException {
    var environment =
        Map.of("SLUICE_BUS_SASL_MECHANISM", "PLAIN", "SLUICE_BUS_CONFIG", "x", "SLUICE_BUS", "y");

    TransportOptions made =
        options("kafka://a:1,b:2", environment, "security.protocol=SASL_SSL", "sasl.mechanism=no");

    assertThat(made)
        .isEqualTo(
            KafkaOptions.of(BUS, "a:1,b:2")
                .property("security.protocol", "SASL_SSL")
                .property("sasl.mechanism", "PLAIN"));
  }

  @Test
  void natsHasOneKindOfCredentials() throws IOException {
    assertThat(options("nats://a:1,b:2", Map.of(), "user=ann", "password=secret", "prefix=own"))
        .isEqualTo(
            NatsOptions.of(BUS, "nats://a:1", "nats://b:2")
                .credentials(NatsCredentials.user("ann", "secret"))
                .prefix("own"));
    assertThat(options("tls://a:1", Map.of("SLUICE_BUS_TOKEN", "secret")))
        .isEqualTo(NatsOptions.of(BUS, "tls://a:1").credentials(NatsCredentials.token("secret")));
    assertThat(options("nats://a:1", Map.of(), "credentials.file=ann.creds"))
        .isEqualTo(
            NatsOptions.of(BUS, "nats://a:1")
                .credentials(NatsCredentials.file(Path.of("ann.creds"))));
  }

  @Test
  void rocketmqHasKeysANamespaceAndTls() throws IOException {
    TransportOptions made =
        options(
            "rocketmq://a:1,b:2",
            Map.of("SLUICE_BUS_SECRET_KEY", "secret"),
            "access.key=ann",
            "security.token=t",
            "namespace=own",
            "tls.ca=ca.pem",
            "tls.check.host.name=false");

    RocketMQOptions expected =
        RocketMQOptions.of(BUS, "a:1;b:2")
            .credentials("ann", "secret")
            .tls(new RocketMQOptions.Tls(Path.of("ca.pem"), null, null, false))
            .namespace("own");
    assertThat(made)
        .usingRecursiveComparison()
        .ignoringFields("credentials.securityToken")
        .isEqualTo(expected);
    assertThat(((RocketMQOptions) made).credentials())
        .isEqualTo(new RocketMQOptions.Credentials("ann", "secret", "t"));
    assertThat(options("rocketmq://a:1", Map.of(), "tls=true"))
        .isEqualTo(
            RocketMQOptions.of(BUS, "a:1").tls(new RocketMQOptions.Tls(null, null, null, true)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka://a:1    | bootstrap.servers=hidden | bus.properties: bootstrap.servers (expected: --bus instead)
          nats://a:1     | pasword=hidden           | bus.properties: pasword (expected: one of credentials.file, password
          nats://a:1     | user=hidden              | bus.properties: user (expected: user and password together)
          nats://a:1     | tls.ca=hidden            | bus.properties: tls.ca (expected: with --bus tls://host:port only)
          tls://a:1      | tls.cert=hidden          | bus.properties: tls.cert (expected: tls.cert and tls.key together)
          tls://a:1      | tls.ca=none.pem          | tls.ca, tls.cert, tls.key:
          rocketmq://a:1 | access.key=hidden        | bus.properties: access.key (expected: access.key and secret.key together)
          rocketmq://a:1 | tls=hidden               | bus.properties: tls (expected: true or false)
          rocketmq://a:1 | user=hidden              | bus.properties: user (expected: one of access.key
          """)
  void whatIsWrongIsNamedWithoutItsValue(String address, String line, String told) {
    assertThatThrownBy(() -> options(address, Map.of(), line))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining(told)
        .hasMessageNotContaining("hidden");
  }

  @Test
  void whatIsWrongInTheEnvironmentIsNamedByItsVariable() {
    assertThatThrownBy(() -> options("nats://a:1", Map.of("SLUICE_BUS_PASWORD", "hidden")))
        .hasMessageContaining("SLUICE_BUS_PASWORD (expected: one of ")
        .hasMessageNotContaining("hidden");
    assertThatThrownBy(
            () ->
                options("nats://a:1", Map.of("SLUICE_BUS_TOKEN", "hidden"), "user=a", "password=b"))
        .hasMessageContaining("SLUICE_BUS_TOKEN (expected: only one of ");
  }
}
