package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.gateway.access.NamedFile;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.rocketmq.remoting.TlsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {
  private static final String KEY = "0123456789abcdef".repeat(4);

  private static final String TOKEN = "one-token-of-many";

  @TempDir private Path folder;

  @Test
  void withoutAnySettingTheDefaultsHold() {
    // when
    Settings settings = Settings.read(Map.of(), Optional.empty(), Map.of());

    // then
    assertThat(settings.network().grpcPort()).isEqualTo(50_051);
    assertThat(settings.network().httpPort()).isEqualTo(8080);
    assertThat(settings.network().address().isLoopbackAddress()).isTrue();
    assertThat(settings.network().metrics()).isTrue();
    assertThat(settings.network().access().limits().connections()).isEqualTo(1000);
    assertThat(settings.network().httpRequests()).isEqualTo(100);
    assertThat(settings.upstream()).isEmpty();
    assertThat(settings.allowedEndpoints()).isEmpty();
    assertThat(settings.dataFolder()).isEqualTo(Path.of("data").toAbsolutePath());
    assertThat(settings.clusterKey()).isEmpty();
    assertThat(settings.core().send().batchSize()).isEqualTo(100);
    assertThat(settings.core().send().flushInterval()).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.core().receive().bufferMessages()).isEqualTo(1000);
    assertThat(settings.shutdownTimeout()).isEqualTo(Duration.ofSeconds(25));
    assertThat(settings.logLevel()).isEqualTo(LogLevel.WARN);
    assertThat(settings.logForm()).isEqualTo(Logs.Form.TEXT);
  }

  static Stream<Arguments> effects() {
    return Stream.of(
        effect(Setting.UPSTREAM, "mq:9877", s -> s.upstream().orElse(""), "mq:9877"),
        effect(
            Setting.ALLOWED_ENDPOINTS,
            "a:1, b:2",
            s -> s.allowedEndpoints().toString(),
            "[a:1, b:2]"),
        effect(
            Setting.BIND_ADDRESS,
            "0.0.0.0",
            s -> s.network().address().getHostAddress(),
            "0.0.0.0"),
        effect(
            Setting.ADVERTISED_ADDRESS,
            "gateway-1.example:443",
            s -> s.network().advertised().withPort(50_051),
            "gateway-1.example:443"),
        effect(
            Setting.CLIENT_ENDPOINTS,
            "10.0.0.1:1, 10.0.0.2:2",
            s -> s.network().clientEndpoints().toString(),
            "[10.0.0.1:1, 10.0.0.2:2]"),
        effect(Setting.GRPC_PORT, "0", s -> s.network().grpcPort(), 0),
        effect(Setting.METRICS_PORT, "65535", s -> s.network().httpPort(), 65_535),
        effect(Setting.ENABLE_METRICS, "FALSE", s -> s.network().metrics(), false),
        effect(Setting.DATA_DIR, "/d/x/../y", s -> s.dataFolder().toString(), "/d/y"),
        effect(Setting.CLUSTER_KEY, KEY, s -> s.clusterKey().isPresent(), true),
        effect(Setting.MAX_CONCURRENT, "5", s -> s.network().access().limits().connections(), 5),
        effect(
            Setting.READ_TIMEOUT,
            "7s",
            s -> s.core().upstream().startTimeout(),
            Duration.ofSeconds(7)),
        effect(Setting.WRITE_TIMEOUT, "8s", s -> s.core().send().timeout(), Duration.ofSeconds(8)),
        effect(Setting.PRODUCER_POOL_SIZE, "1", Settings::eventLoops, 1),
        effect(Setting.CONSUMER_POOL_SIZE, "3", s -> s.core().receive().concurrentPolls(), 3),
        effect(Setting.MESSAGE_BUFFER_SIZE, "4", s -> s.core().receive().bufferMessages(), 4),
        effect(Setting.WORKER_POOL_SIZE, "6", s -> s.network().httpRequests(), 6),
        effect(Setting.BATCH_SIZE, "9", s -> s.core().send().batchSize(), 9),
        effect(Setting.FLUSH_INTERVAL, "0ms", s -> s.core().send().flushInterval(), Duration.ZERO),
        effect(
            Setting.PULL_TIMEOUT, "2s", s -> s.core().receive().pollWait(), Duration.ofSeconds(2)),
        effect(
            Setting.PULL_INTERVAL,
            "20ms",
            s -> s.core().receive().backOff(),
            Duration.ofMillis(20)),
        effect(
            Setting.INVISIBLE_DURATION,
            "5s",
            s -> s.core().receive().invisible(),
            Duration.ofSeconds(5)),
        effect(Setting.MESSAGE_BUFFER_BYTES, "3kb", s -> s.core().receive().bufferBytes(), 3072L),
        effect(Setting.IN_FLIGHT_MESSAGES, "11", s -> s.core().send().inFlightMessages(), 11),
        effect(Setting.IN_FLIGHT_BYTES, "2GB", s -> s.core().send().inFlightBytes(), 2L << 30),
        effect(Setting.INEXACT_DELAY, "Round-Up", s -> s.brokers().roundsDelaysUp(), true),
        effect(
            Setting.ORDERED_GROUPS,
            "a, b",
            s -> List.copyOf(new TreeSet<>(s.brokers().orderedGroups())),
            List.of("a", "b")),
        effect(Setting.KEEPALIVE_TIME, "2m", s -> s.network().keepAlive(), Duration.ofMinutes(2)),
        effect(
            Setting.KEEPALIVE_TIMEOUT,
            "3s",
            s -> s.network().keepAliveTimeout(),
            Duration.ofSeconds(3)),
        effect(
            Setting.DEBUG_TOKEN,
            TOKEN,
            s -> s.network().debugToken().map(token -> token.matches(TOKEN)),
            Optional.of(true)),
        effect(Setting.PROFILE, "High-Throughput", s -> s.core().send().batchSize(), 5000),
        effect(Setting.MAX_ATTEMPTS, "3", s -> s.core().receive().maxAttempts(), 3),
        effect(
            Setting.SUBSCRIPTION_CONFLICT,
            "Warn",
            s -> s.core().groups().refusesConflicts(),
            false),
        effect(Setting.MAX_HOLD, "1h", s -> s.core().receive().maxHold(), Duration.ofHours(1)),
        effect(
            Setting.PRODUCER_CLEANUP_TIMEOUT,
            "1m30s",
            s -> s.core().upstream().producerIdle(),
            Duration.ofSeconds(90)),
        effect(
            Setting.CONSUMER_CLEANUP_TIMEOUT,
            "2m",
            s -> s.core().upstream().consumerIdle(),
            Duration.ofMinutes(2)),
        effect(Setting.MAX_UPSTREAMS, "12", s -> s.core().upstream().maximum(), 12),
        effect(Setting.SWEEP_INTERVAL, "4s", s -> s.core().sweepInterval(), Duration.ofSeconds(4)),
        effect(Setting.SHUTDOWN_TIMEOUT, "3s", Settings::shutdownTimeout, Duration.ofSeconds(3)),
        effect(Setting.ROCKETMQ_LOG_LEVEL, "Debug", Settings::logLevel, LogLevel.DEBUG),
        effect(Setting.LOG_FORMAT, "json", Settings::logForm, Logs.Form.JSON),
        effect(
            Setting.MAX_CONNECTIONS_PER_ADDRESS,
            "7",
            s -> s.network().access().limits().perAddress(),
            7),
        effect(
            Setting.MAX_STREAMS_PER_CONNECTION,
            "8",
            s -> s.network().access().limits().streams(),
            8),
        effect(
            Setting.MAX_SESSIONS_PER_CONNECTION,
            "9",
            s -> s.network().access().limits().sessions(),
            9),
        effect(
            Setting.HANDSHAKE_TIMEOUT,
            "2s",
            s -> s.network().access().handshake(),
            Duration.ofSeconds(2)),
        effect(Setting.ARRIVING_BYTES, "40MB", s -> s.network().arrivals().bytes(), 40L << 20),
        effect(
            Setting.REQUEST_TIMEOUT,
            "7s",
            s -> s.network().arrivals().longest(),
            Duration.ofSeconds(7)),
        effect(
            Setting.RELOAD_INTERVAL,
            "3s",
            s -> s.network().access().reloadInterval(),
            Duration.ofSeconds(3)),
        effect(
            Setting.API_KEYS_FILE,
            "/k/../keys.yaml",
            s -> s.network().access().apiKeys().orElseThrow().toString(),
            "API_KEYS_FILE: /keys.yaml"),
        effect(
            Setting.USERS_FILE,
            "/k/../users.yaml",
            s -> s.network().access().users().orElseThrow(),
            new NamedFile("USERS_FILE", Path.of("/users.yaml"), true)),
        effect(
            Setting.SIGNATURE_MAX_SKEW,
            "5m",
            s -> s.network().access().maxSkew(),
            Duration.ofMinutes(5)),
        effect(
            Setting.METRICS_CLIENT_AUTH,
            "None",
            s -> s.network().access().httpClientCertificates(),
            false));
  }

  /** Those that mean nothing alone. */
  private static final Map<String, String> TOGETHER =
      Map.ofEntries(
          Map.entry("TLS_CERT", "/t/cert.pem"),
          Map.entry("TLS_KEY", "/t/key.pem"),
          Map.entry("TLS_CLIENT_CA", "/t/ca.pem"),
          Map.entry("TLS_CLIENT_AUTH", "Required"),
          Map.entry("UPSTREAM_TLS", "Signature"),
          Map.entry("UPSTREAM_TLS_CA", "/u/ca.pem"),
          Map.entry("UPSTREAM_TLS_CERT", "/u/x/../cert.pem"),
          Map.entry("UPSTREAM_TLS_KEY", "/u/key.pem"),
          Map.entry("UPSTREAM_ACCESS_KEY", "gateway"),
          Map.entry("UPSTREAM_SECRET_KEY", "a secret"));

  @Test
  void settingsThatGoTogetherAreReadTogether() throws IOException {
    // given
    StringBuilder lines = new StringBuilder();
    Map<String, String> all = new HashMap<>(TOGETHER);
    all.put("UPSTREAM", "broker:9876");
    all.forEach((name, value) -> lines.append(name).append(": ").append(value).append('\n'));
    Path file = file(lines.toString());

    for (Settings settings :
        List.of(
            Settings.read(Map.of(), Optional.empty(), all),
            Settings.read(Map.of(), Optional.of(file), Map.of()))) {
      // when
      AccessSettings access = settings.network().access();

      // then
      assertThat(access.httpClientCertificates()).isTrue();
      assertThat(access.tls())
          .hasValueSatisfying(
              tls -> {
                assertThat(tls.certificate()).hasToString("TLS_CERT: /t/cert.pem");
                assertThat(tls.key()).hasToString("TLS_KEY: /t/key.pem");
                assertThat(tls.clientAuthorities().orElseThrow())
                    .hasToString("TLS_CLIENT_CA: /t/ca.pem");
              });
      assertThat(settings.upstreamCredentials()).isEqualTo(new Credentials("gateway", "a secret"));
      assertThat(settings.brokers().tls())
          .hasValue(
              new TlsOptions(
                  Path.of("/u/ca.pem"),
                  Path.of("/u/cert.pem"),
                  Path.of("/u/key.pem"),
                  TlsOptions.Check.SIGNATURE));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPSTREAM_TLS=on                                        | UPSTREAM_TLS: on (expected: off without UPSTREAM
          UPSTREAM=a:1 UPSTREAM_TLS_CA=/u/ca.pem                 | UPSTREAM_TLS: off (expected: on or signature
          UPSTREAM=a:1 UPSTREAM_TLS=on UPSTREAM_TLS_CERT=/u/c    | UPSTREAM_TLS_KEY: (not set) (expected: the file of the key
          UPSTREAM=a:1 UPSTREAM_TLS=on UPSTREAM_TLS_KEY=/u/k     | UPSTREAM_TLS_CERT: (not set) (expected: the file of the cert
          """)
  void halfOfTlsTowardsTheBrokersIsRefused(String variables, String expected) {
    Map<String, String> environment =
        Arrays.stream(variables.split(" ", -1))
            .map(each -> each.split("=", 2))
            .collect(Collectors.toMap(each -> each[0], each -> each[1]));

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.empty(), environment))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void anAddressMayHaveAllConnectionsUnlessItIsTold() {
    Settings settings = Settings.read(Map.of(), Optional.empty(), Map.of("MAX_CONCURRENT", "123"));

    assertThat(settings.network().access().limits().perAddress()).isEqualTo(123);
  }

  private static Arguments effect(
      Setting setting, String value, Function<Settings, Object> effect, Object expected) {
    return Arguments.of(setting, value, effect, expected);
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("effects")
  void aSettingIsReadFromTheEnvironment(
      Setting setting, String value, Function<Settings, Object> effect, Object expected) {
    Settings settings = Settings.read(Map.of(), Optional.empty(), Map.of(setting.name(), value));

    assertThat(effect.apply(settings)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}={1}")
  @MethodSource("effects")
  void aSettingIsReadFromTheFileInTheSameWay(
      Setting setting, String value, Function<Settings, Object> effect, Object expected)
      throws IOException {
    // given
    Path file = file(setting.key() + ": " + value);

    // when
    Settings settings = Settings.read(Map.of(), Optional.of(file), Map.of());

    // then
    assertThat(effect.apply(settings)).isEqualTo(expected);
  }

  @Test
  void everySettingIsShownToBeRead() {
    Stream<Setting> together = TOGETHER.keySet().stream().map(Setting::valueOf);
    assertThat(Stream.concat(effects().map(each -> each.get()[0]), together))
        .containsExactlyInAnyOrder((Object[]) Setting.values());
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPSTREAM                 | host:99999   | host:port, several separated by ';'
          UPSTREAM                 | 'a b:1'      | host:port, several separated by ';'
          ALLOWED_ENDPOINTS        | a:1,b:0      | host:port, several separated by ';'
          BIND_ADDRESS             | 300.1.1.1    | an address of this machine
          CLIENT_ENDPOINTS         | mq.example   | host:port by which clients reach this gateway, such as mq.example:443, or 1 to 32 IP addresses of one kind with their ports
          CLIENT_ENDPOINTS         | 1.2.3.4:0    | host:port by which clients reach this gateway, such as mq.example:443, or 1 to 32 IP addresses of one kind with their ports
          CLIENT_ENDPOINTS         | a:1,b:2      | host:port by which clients reach this gateway, such as mq.example:443, or 1 to 32 IP addresses of one kind with their ports
          CLIENT_ENDPOINTS         | '1.2.3.4:1,[::1]:2' | host:port by which clients reach this gateway, such as mq.example:443, or 1 to 32 IP addresses of one kind with their ports
          GRPC_PORT                | 70000        | 0 to 65535
          GRPC_PORT                | -1           | 0 to 65535
          GRPC_PORT                | x            | 0 to 65535
          METRICS_PORT             | 65536        | 0 to 65535
          ENABLE_METRICS           | yes          | one of true, false
          MAX_CONCURRENT           | 0            | 1 to 1000000
          READ_TIMEOUT             | 30           | a duration with its unit, 1ms to 1h
          READ_TIMEOUT             | 0s           | a duration with its unit, 1ms to 1h
          WRITE_TIMEOUT            | 2h           | a duration with its unit, 1ms to 1h
          PRODUCER_POOL_SIZE       | 0            | 1 to 1024
          CONSUMER_POOL_SIZE       | 1001         | 1 to 1000
          MESSAGE_BUFFER_SIZE      | 0            | 1 to 1000000
          WORKER_POOL_SIZE         | 1.5          | 1 to 100000
          BATCH_SIZE               | 100001       | 1 to 100000
          FLUSH_INTERVAL           | 61s          | a duration with its unit, 0ms to 1m
          PULL_TIMEOUT             | soon         | a duration with its unit, 1ms to 5m
          PULL_INTERVAL            | 10us         | a duration with its unit, 1ms to 5m
          MAX_ATTEMPTS             | 0            | 1 to 10000
          SUBSCRIPTION_CONFLICT    | ignore       | one of refuse, warn
          MAX_HOLD                 | 500ms        | a duration with its unit, 1s to 24h
          PRODUCER_CLEANUP_TIMEOUT | 99ms         | a duration with its unit, 100ms to 24h
          CONSUMER_CLEANUP_TIMEOUT | 25h          | a duration with its unit, 100ms to 24h
          MAX_UPSTREAMS            | 0            | 1 to 1000000
          SWEEP_INTERVAL           | 9ms          | a duration with its unit, 10ms to 1h
          SHUTDOWN_TIMEOUT         | 0s           | a duration with its unit, 1s to 1h
          ROCKETMQ_LOG_LEVEL       | loud         | one of off, error, warn, info, debug, trace
          LOG_FORMAT               | xml          | one of text, json
          PROFILE                  | fast         | one of standard, high-concurrency, low-latency
          KEEPALIVE_TIME           | 9999ms       | a duration with its unit, 10s to 1h
          KEEPALIVE_TIMEOUT        | 11m          | a duration with its unit, 1s to 10m
          IN_FLIGHT_MESSAGES       | 0            | 1 to 10000000
          IN_FLIGHT_BYTES          | 64           | a size with its unit, 1KB to 1TB
          IN_FLIGHT_BYTES          | 1023B        | a size with its unit, 1KB to 1TB
          MESSAGE_BUFFER_BYTES     | 2TB          | a size with its unit, 1KB to 1TB
          INVISIBLE_DURATION       | 13h          | a duration with its unit, 1s to 12h
          CLUSTER_KEY              | abc          | 1 to 8 keys separated by commas
          MAX_CONNECTIONS_PER_ADDRESS | -1        | 0 to 1000000
          MAX_STREAMS_PER_CONNECTION  | 0         | 1 to 1000000
          MAX_SESSIONS_PER_CONNECTION | 0         | 1 to 10000000
          HANDSHAKE_TIMEOUT        | 6m           | a duration with its unit, 100ms to 5m
          ARRIVING_BYTES           | 39MB         | a size with its unit, 40MB to 1TB
          REQUEST_TIMEOUT          | 0s           | a duration with its unit, 100ms to 1h
          TLS_CLIENT_AUTH          | maybe        | one of none, required
          UPSTREAM_TLS             | maybe        | one of off, on, signature
          METRICS_CLIENT_AUTH      | maybe        | one of same, none, required
          SIGNATURE_MAX_SKEW       | 25h          | a duration with its unit, 0ms to 24h
          RELOAD_INTERVAL          | 9ms          | a duration with its unit, 10ms to 24h
          DEBUG_TOKEN              | too-short    | 16 to 256 visible ASCII characters
          """)
  void aWrongValueIsRefusedByNameValueAndExpectation(
      Setting setting, String value, String expected) {
    assertThatThrownBy(
            () -> Settings.read(Map.of(), Optional.empty(), Map.of(setting.name(), value)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageStartingWith(setting + ": ")
        .hasMessageContaining("(expected: " + expected);
  }

  @Test
  void halfOfTheGatewaysOwnCredentialsIsRefused() {
    assertThatThrownBy(
            () ->
                Settings.read(Map.of(), Optional.empty(), Map.of("UPSTREAM_ACCESS_KEY", "gateway")))
        .hasMessageStartingWith(
            "UPSTREAM_SECRET_KEY: (not shown) (expected: the secret of UPSTREAM_ACCESS_KEY");
    assertThatThrownBy(
            () ->
                Settings.read(
                    Map.of(), Optional.empty(), Map.of("UPSTREAM_SECRET_KEY", "confidential")))
        .hasMessageStartingWith("UPSTREAM_ACCESS_KEY: (not set) (expected: the name of")
        .hasMessageNotContaining("confidential");
  }

  @Test
  void aWrongKeyIsRefusedWithoutShowingIt() {
    String secret = "not-a-key-but-maybe-a-password";

    assertThatThrownBy(
            () -> Settings.read(Map.of(), Optional.empty(), Map.of("CLUSTER_KEY", secret)))
        .hasMessageContaining("CLUSTER_KEY: (not shown)")
        .hasMessageNotContaining(secret);
  }

  @Test
  void theKeyIsNotShownWithTheSettings() {
    Settings settings = Settings.read(Map.of(), Optional.empty(), Map.of("CLUSTER_KEY", KEY));

    assertThat(settings.toString()).doesNotContain(KEY);
  }

  @Test
  void allThatIsWrongIsToldAtOnce() {
    InvalidSettingsException wrong =
        catchThrowableOfType(
            InvalidSettingsException.class,
            () ->
                Settings.read(
                    flags(Setting.GRPC_PORT, "70000"),
                    Optional.empty(),
                    Map.of("BATCH_SIZE", "0", "UPSTREAM", "a:b")));

    assertThat(wrong.problems())
        .hasSize(3)
        .contains("GRPC_PORT: 70000 (expected: 0 to 65535; from --grpc-port)")
        .contains("BATCH_SIZE: 0 (expected: 1 to 100000; from the environment)");
  }

  @Test
  void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
    // given
    Path file =
        file(
            """
            grpc-port: 1
            metrics-port: 1
            batch-size: 1
            """);

    // when
    Settings settings =
        Settings.read(
            flags(Setting.GRPC_PORT, "3"),
            Optional.of(file),
            Map.of("GRPC_PORT", "2", "METRICS_PORT", "2"));

    // then
    assertThat(settings.network().grpcPort()).isEqualTo(3);
    assertThat(settings.network().httpPort()).isEqualTo(2);
    assertThat(settings.core().send().batchSize()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void aProfileWinsOverDefaultsAndOverNothingElse(Profile profile) throws IOException {
    // given
    Path file = file("batch-size: 3");

    // when
    SettingValues alone =
        SettingValues.read(flags(Setting.PROFILE, profile.word()), Optional.empty(), Map.of());
    SettingValues beside =
        SettingValues.read(
            flags(Setting.MAX_CONCURRENT, "1"),
            Optional.of(file),
            Map.of("PROFILE", profile.word(), "MESSAGE_BUFFER_SIZE", "2"));

    // then
    for (Setting setting : Setting.values()) {
      String preset = profile.presets().get(setting);
      if (setting != Setting.PROFILE) {
        assertThat(alone.given(setting).text())
            .isEqualTo(preset == null ? setting.standard() : preset);
      }
    }
    assertThat(beside.number(Setting.MAX_CONCURRENT)).isEqualTo(1);
    assertThat(beside.number(Setting.MESSAGE_BUFFER_SIZE)).isEqualTo(2);
    assertThat(beside.number(Setting.BATCH_SIZE)).isEqualTo(3);
  }

  @Test
  void theProfilesAreThoseThatTheSettingNamesWithValuesThatAreAllowed() {
    assertThat(Stream.of(Profile.values()).map(Profile::word))
        .containsExactlyElementsOf(((SettingKind.Choice) Setting.PROFILE.kind()).words());
    for (Profile profile : Profile.values()) {
      profile
          .presets()
          .forEach((setting, value) -> assertThat(setting.kind().read(value)).isNotNull());
    }
  }

  @Test
  void whatTheFileHoldsIsNotQuotedWhereItIsNoYaml() throws IOException {
    Path file = file("cluster-key: \"" + KEY + "\ngrpc-port: [");

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessageContaining("no YAML: line")
        .hasMessageNotContaining(KEY);
  }

  @Test
  void anEmptyVariableCountsAsNotSet() {
    Settings settings =
        Settings.read(Map.of(), Optional.empty(), Map.of("GRPC_PORT", "", "UPSTREAM", " "));

    assertThat(settings.network().grpcPort()).isEqualTo(50_051);
    assertThat(settings.upstream()).isEmpty();
  }

  @Test
  void theEnvironmentMayNameTheFile() throws IOException {
    Path file = file("GRPC_PORT: 7");

    Settings settings =
        Settings.read(Map.of(), Optional.empty(), Map.of("SLUICE_CONFIG", file.toString()));

    assertThat(settings.network().grpcPort()).isEqualTo(7);
  }

  @Test
  void aListInTheFileIsAsGoodAsCommas() throws IOException {
    Path file =
        file(
            """
            allowed-endpoints:
              - a:1
              - b:2
            """);

    Settings settings = Settings.read(Map.of(), Optional.of(file), Map.of());

    assertThat(settings.allowedEndpoints()).containsExactly("a:1", "b:2");
  }

  @Test
  void anUnknownSettingInTheFileIsRefusedWithTheNearestName() throws IOException {
    Path file = file("grpc-prot: 7");

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessage(file + ": grpc-prot is no setting (did you mean grpc-port?)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          - 1                  | no settings
          grpc-port: [           | no YAML
          grpc-port: {a: 1}      | has settings under it
          """)
  void aFileThatIsNoSettingsIsRefused(String content, String told) throws IOException {
    Path file = file(content);

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(told);
  }

  @Test
  void twoSpellingsOfOneSettingAreRefused() throws IOException {
    Path file =
        file(
            """
            grpc-port: 1
            GRPC_PORT: 2
            """);

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessageContaining("GRPC_PORT is there twice");
  }

  @Test
  void aMissingFileIsRefused() {
    Path file = folder.resolve("none.yaml");

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.of(file), Map.of()))
        .hasMessageContaining(file + ": no such file");
  }

  @Test
  void anEmptyFileSetsNothing() throws IOException {
    Settings settings = Settings.read(Map.of(), Optional.of(file("")), Map.of());

    assertThat(settings.network().grpcPort()).isEqualTo(50_051);
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void theDefaultOfEverySettingIsOneOfItsValues(Setting setting) {
    assertThat(setting.kind().read(setting.standard())).isNotNull();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("sluice.yaml"), content);
  }

  private static Map<Setting, String> flags(Setting setting, String value) {
    return new EnumMap<>(Map.of(setting, value));
  }
}
