package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.access.ClientTls;
import dev.sluice.gateway.access.NamedFile;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.testkit.TestCertificate;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * No secret is in anything that the gateway says, however much it logs and whatever goes wrong:
 * before a real broker, with secrets in every place that can hold one.
 */
class SecretsTest extends WithGateways {
  private static final String ACCESS_SECRET = "the-secret-of-an-access-key";
  private static final String WRONG_SECRET = "another-secret-of-an-access-key";
  private static final String USERS_SECRET = "the-secret-of-a-user";
  private static final String UPSTREAM_SECRET = "the-secret-of-the-gateway";
  private static final String CLUSTER_KEY = "0f1e2d3c4b5a6978".repeat(4);
  private static final String DEBUG_TOKEN = "the-token-that-opens-debug";
  private static final String WRONG_TOKEN = "a-token-that-opens-nothing";

  private final TestCertificate authority = TestCertificate.authority("authority");
  private final TestCertificate server = authority.signs("server");
  private final TestCertificate client = authority.signs("client");
  private final String apiKey = ApiKeys.newKey();
  private final String wrongApiKey = ApiKeys.newKey();
  private final Map<String, String> secrets = new LinkedHashMap<>();
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void logEverything() {
    Logs.use(LogLevel.TRACE, Logs.Form.TEXT);
    Logging all = new Logging(logged);
    all.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    all.start();
    root().detachAppender("log");
    root().addAppender(all);
  }

  @AfterEach
  void logAsBefore() {
    Logs.use(LogLevel.WARN, Logs.Form.TEXT);
  }

  private static ch.qos.logback.classic.Logger root() {
    return ((LoggerContext) LoggerFactory.getILoggerFactory())
        .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  /** Keeps what would be written. */
  private static final class Logging extends AppenderBase<ILoggingEvent> {
    private final Queue<String> logged;

    Logging(Queue<String> logged) {
      this.logged = logged;
    }

    @Override
    protected void append(ILoggingEvent event) {
      logged.add(
          event.getLoggerName()
              + " ["
              + event.getThreadName()
              + "] "
              + event.getFormattedMessage()
              + (event.getThrowableProxy() == null
                  ? ""
                  : ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
  }

  @Test
  void noSecretIsInWhatTheGatewaySays() throws Exception {
    // given
    secrets.put("the secret of an access key", ACCESS_SECRET);
    secrets.put("a wrong secret of an access key", WRONG_SECRET);
    secrets.put("the secret of a user", USERS_SECRET);
    secrets.put("the gateway's own secret", UPSTREAM_SECRET);
    secrets.put("the cluster key", CLUSTER_KEY);
    secrets.put("the debug token", DEBUG_TOKEN);
    secrets.put("a wrong debug token", WRONG_TOKEN);
    secrets.put("an API key", apiKey);
    secrets.put("a wrong API key", wrongApiKey);
    secrets.put("the TLS key", server.keyPem().lines().skip(1).findFirst().orElseThrow());
    secrets.put("a client's TLS key", client.keyPem().lines().skip(1).findFirst().orElseThrow());
    Map<Setting, String> settings = settings();

    // when
    Served gateway = Served.start(new RocketMQSystem(said::add), folder(), settings, environment());
    try (gateway) {
      misuse(gateway);
      pages(gateway);
      breakFiles();
      await()
          .untilAsserted(
              () ->
                  assertThat(logged.stream().filter(line -> line.contains("not used"))).hasSize(3));
      threads();
    }
    commands(settings);

    // then
    assertThat(logged).as("the log, to be worth a search").hasSizeGreaterThan(3);
    assertThat(said).as("errors and pages, to be worth a search").hasSizeGreaterThan(20);
    secrets.forEach(
        (what, secret) -> {
          assertThat(logged).as("the log: %s", what).noneMatch(line -> line.contains(secret));
          assertThat(said).as("errors and pages: %s", what).noneMatch(one -> one.contains(secret));
        });
  }

  private Map<Setting, String> settings() throws IOException {
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.UPSTREAM, SharedEngine.rocketmq5().nameServerAddress());
    settings.put(Setting.TLS_CERT, server.writeTo(folder(), "server").toString());
    settings.put(Setting.TLS_KEY, folder().resolve("server.key").toString());
    Path authorities = folder().resolve("ca.crt");
    settings.put(
        Setting.TLS_CLIENT_CA,
        Files.writeString(authorities, authority.certificatePem()).toString());
    settings.put(Setting.TLS_CLIENT_AUTH, "required");
    settings.put(Setting.METRICS_CLIENT_AUTH, "none");
    Path keys = folder().resolve("keys.yaml");
    settings.put(
        Setting.API_KEYS_FILE, Files.writeString(keys, ApiKeys.entry("alice", apiKey)).toString());
    settings.put(Setting.USERS_FILE, users("").toString());
    settings.put(Setting.RELOAD_INTERVAL, "50ms");
    settings.put(Setting.READ_TIMEOUT, "2s");
    return settings;
  }

  private static Map<String, String> environment() {
    return Map.of(
        "CLUSTER_KEY", CLUSTER_KEY,
        "DEBUG_TOKEN", DEBUG_TOKEN,
        "UPSTREAM_ACCESS_KEY", "gateway",
        "UPSTREAM_SECRET_KEY", UPSTREAM_SECRET);
  }

  /** Everything that callers can do wrong, and some that they do right. */
  private void misuse(Served gateway) throws Exception {
    String topic = TopicNames.unique("secrets");
    Channel secured = gateway.channel(tls(true).credentials());
    RocketMQProxyBlockingV2Stub calls = RocketMQProxyGrpc.newBlockingV2Stub(with(apiKey, secured));
    for (String secret : new String[] {ACCESS_SECRET, WRONG_SECRET}) {
      for (String endpoint : new String[] {"", "10.255.255.1:9876", "user@host"}) {
        for (String name : new String[] {topic, "not a topic", "t".repeat(200)}) {
          var producer =
              calls.createProducer(
                  CreateProducerRequest.newBuilder()
                      .setTopic(name)
                      .setEndpoint(endpoint)
                      .setAccessKeyId("access-key")
                      .setAccessKeySecret(secret)
                      .build());
          say(producer.toBuilder().clearProducerId().build());
          use(calls, producer.getProducerId());
        }
      }
      var consumer =
          calls.createConsumer(
              CreateConsumerRequest.newBuilder()
                  .setTopic(topic)
                  .setGroupId("g" + secret.length())
                  .setAccessKeyId("access-key")
                  .setAccessKeySecret(secret)
                  .build());
      say(consumer.toBuilder().clearConsumerId().build());
      say(
          calls.ackMessage(
              AckMessageRequest.newBuilder()
                  .setConsumerId(consumer.getConsumerId())
                  .setReceiptHandle("nonsense")
                  .build()));
    }
    for (String secret : new String[] {USERS_SECRET, WRONG_SECRET}) {
      for (String name : new String[] {topic, "not a topic"}) {
        refused(() -> say(SignedCalls.by("user", secret, secured).send(name)));
      }
    }
    refused(() -> Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(secured)));
    refused(() -> Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(with(wrongApiKey, secured))));
    Metadata bare = new Metadata();
    bare.put(ApiKeys.AUTHORIZATION, wrongApiKey);
    refused(() -> Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(with(bare, secured))));
    refused(
        () ->
            Served.producer(
                RocketMQProxyGrpc.newBlockingV2Stub(
                    with(apiKey, gateway.channel(tls(false).credentials())))));
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), gateway.server().grpcPort())) {
      plain
          .getOutputStream()
          .write(("GET /" + wrongApiKey + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      plain.getInputStream().readAllBytes();
    }
  }

  private void use(RocketMQProxyBlockingV2Stub calls, String producer) {
    if (!producer.isEmpty()) {
      secrets.put("an id with credentials", producer);
    }
    for (String body : new String[] {"x", "", "x".repeat(4 * 1024 * 1024 + 1)}) {
      refused(
          () ->
              say(
                  calls.sendMessage(
                      SendMessageRequest.newBuilder()
                          .setProducerId(producer)
                          .setMessageBody(body)
                          .build())));
    }
  }

  private void pages(Served gateway) throws Exception {
    for (String path :
        new String[] {
          "/health",
          "/ready",
          "/metrics",
          "/metrics/prometheus",
          "/debug/ledger",
          "/debug/threads",
          "/nothing?token=" + DEBUG_TOKEN
        }) {
      for (String token : new String[] {DEBUG_TOKEN, WRONG_TOKEN}) {
        say(get(gateway, path, token));
      }
    }
  }

  private void breakFiles() throws IOException {
    Files.writeString(
        folder().resolve("server.key"), server.keyPem().replace("PRIVATE KEY", "EC PRIVATE KEY"));
    Files.writeString(folder().resolve("keys.yaml"), "- name: [" + apiKey + "\n");
    users("colour: red");
  }

  /** A file of a user, with something more. */
  private Path users(String more) throws IOException {
    Path file = folder().resolve("users.yaml");
    Files.writeString(
        file,
        "- {access-key: user, secret-key: %s, type: SUPER, sign-as: user, %s}"
            .formatted(USERS_SECRET, more));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private void threads() {
    Thread.getAllStackTraces().keySet().forEach(thread -> say(thread.getName()));
  }

  /** What the commands print about the same settings, and about wrong ones. */
  private void commands(Map<Setting, String> settings) {
    for (String wrong : new String[] {"", "1"}) {
      Map<String, String> environment =
          Map.of(
              "CLUSTER_KEY", CLUSTER_KEY + wrong, "DEBUG_TOKEN", DEBUG_TOKEN + " ".repeat(9) + "x");
      SettingValues values = SettingValues.read(settings, Optional.empty(), environment);
      SettingsReport report = new SettingsReport(values);
      say(report.text());
      say(report.json());
      try {
        say(Settings.of(values));
      } catch (InvalidSettingsException e) {
        say(e);
      }
    }
    say(Settings.read(settings, Optional.empty(), environment()));
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed, true);
    Sluice.run(
        out, out, "send", "--topic", "t", "--body", "b", "--api-key-file", keyFile().toString());
    say(printed);
  }

  /** One with more than a key in it. */
  private Path keyFile() {
    try {
      return Files.writeString(folder().resolve("two.key"), apiKey + "\n" + wrongApiKey + "\n");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ClientTls tls(boolean shown) throws IOException {
    Path certificate = client.writeTo(folder(), "client");
    ClientTls.Shown own =
        new ClientTls.Shown(
            new NamedFile("cert", certificate),
            new NamedFile("key", folder().resolve("client.key")));
    return ClientTls.load(
        new ClientTls.Files(
            Optional.of(new NamedFile("ca", folder().resolve("ca.crt"))),
            shown ? Optional.of(own) : Optional.empty()));
  }

  private static Channel with(String key, Channel channel) {
    Metadata headers = new Metadata();
    headers.put(ApiKeys.API_KEY, key);
    return with(headers, channel);
  }

  private static Channel with(Metadata headers, Channel channel) {
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private String get(Served gateway, String path, String token)
      throws IOException, InterruptedException {
    try (HttpClient http =
        HttpClient.newBuilder().sslContext(TestCertificate.client(authority)).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("https://localhost:" + gateway.server().httpPort() + path))
              .header("Authorization", "Bearer " + token)
              .timeout(Served.PATIENCE)
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.headers().map() + answer.body();
    }
  }

  /** What may fail. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws Exception;
  }

  private void refused(Attempt attempt) {
    try {
      attempt.run();
    } catch (StatusException e) {
      say(e);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void say(Object text) {
    said.add(text instanceof Throwable failure ? stackTrace(failure) : String.valueOf(text));
  }

  private static String stackTrace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
