package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.access.ClientTls;
import dev.sluice.gateway.access.NamedFile;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.testkit.TestCertificate;
import io.grpc.StatusException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings about TLS do, on both ports of a real gateway. */
class TlsSettingsTest extends WithGateways {
  private final MemorySystem system = new MemorySystem();
  private final TestCertificate authority = TestCertificate.authority("authority");
  private final TestCertificate stranger = TestCertificate.authority("stranger");

  @Test
  @Shows({Setting.TLS_CERT, Setting.TLS_KEY})
  void bothPortsSpeakTlsAndNothingElse() throws Exception {
    // given
    Served gateway = start(system, serverFiles(authority));

    // then
    assertThat(Served.producer(calls(gateway, authority))).isNotEmpty();
    assertThat(get(gateway, TestCertificate.client(authority)).statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> Served.producer(calls(gateway, stranger)))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("UNAVAILABLE");
    assertThatThrownBy(() -> get(gateway, TestCertificate.client(stranger)))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Served.producer(gateway.calls()))
        .as("plain text")
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("UNAVAILABLE");
    assertThatThrownBy(() -> gateway.get("/health"))
        .as("plain text")
        .isInstanceOf(IOException.class);
  }

  @Test
  @Shows({Setting.TLS_CLIENT_CA, Setting.TLS_CLIENT_AUTH, Setting.METRICS_CLIENT_AUTH})
  void callersNeedCertificatesWhereThatIsAskedFor() throws Exception {
    // given
    Map<Setting, String> settings = serverFiles(authority);
    settings.put(
        Setting.TLS_CLIENT_CA,
        Files.writeString(folder().resolve("clients.crt"), authority.certificatePem()).toString());
    settings.put(Setting.TLS_CLIENT_AUTH, "required");
    Served everywhere = start(system, settings);
    settings.put(Setting.METRICS_CLIENT_AUTH, "none");
    Served grpcOnly = start(new MemorySystem(), settings);
    SSLContext known = TestCertificate.client(authority, authority.signs("client"));
    SSLContext unknown = TestCertificate.client(authority, stranger.signs("client"));
    SSLContext nameless = TestCertificate.client(authority);

    // then
    for (Served gateway : new Served[] {everywhere, grpcOnly}) {
      assertThat(Served.producer(calls(gateway, authority, authority.signs("client"))))
          .isNotEmpty();
      assertThatThrownBy(() -> Served.producer(calls(gateway, authority)))
          .isInstanceOf(StatusException.class);
      assertThatThrownBy(() -> Served.producer(calls(gateway, authority, stranger.signs("client"))))
          .isInstanceOf(StatusException.class);
      assertThat(get(gateway, known).statusCode()).isEqualTo(200);
    }
    assertThatThrownBy(() -> get(everywhere, nameless)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> get(everywhere, unknown)).isInstanceOf(IOException.class);
    assertThat(get(grpcOnly, nameless).statusCode()).isEqualTo(200);
  }

  @Test
  @Shows(Setting.RELOAD_INTERVAL)
  void newConnectionsGetACertificateThatWasReplacedWhileTheGatewayRan() throws Exception {
    // given
    Map<Setting, String> settings = serverFiles(authority);
    settings.put(Setting.RELOAD_INTERVAL, "50ms");
    Served gateway = start(system, settings);
    RocketMQProxyBlockingV2Stub old = calls(gateway, authority);
    Served.producer(old);

    // when
    stranger.signs("server").writeTo(folder(), "server");

    // then
    await()
        .ignoreException(StatusException.class)
        .untilAsserted(() -> assertThat(Served.producer(calls(gateway, stranger))).isNotEmpty());
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () ->
                assertThat(get(gateway, TestCertificate.client(stranger)).statusCode())
                    .isEqualTo(200));
    assertThatThrownBy(() -> get(gateway, TestCertificate.client(authority)))
        .isInstanceOf(IOException.class);
    assertThat(Served.producer(old)).as("the connection that was there").isNotEmpty();

    // when; two looks may have caught the files in the middle of being replaced
    double before = reloadFailures(gateway, stranger);
    Files.writeString(folder().resolve("server.key"), "broken");

    // then
    await()
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(() -> assertThat(reloadFailures(gateway, stranger)).isEqualTo(before + 1));
    assertThat(get(gateway, TestCertificate.client(stranger), "/metrics/prometheus").body())
        .contains("sluice_files_reloaded_total 1.0");
    assertThat(Served.producer(calls(gateway, stranger))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TLS_CERT=c                                   | TLS_KEY: (not set) (expected: the file of the key
          TLS_KEY=k                                    | TLS_CERT: (not set) (expected: the file of the cert
          TLS_CLIENT_CA=a                              | TLS_CERT: (not set)
          TLS_CLIENT_AUTH=required                     | TLS_CLIENT_CA: (not set)
          METRICS_CLIENT_AUTH=required                 | TLS_CLIENT_CA: (not set)
          TLS_CERT=c TLS_KEY=k TLS_CLIENT_CA=a         | TLS_CLIENT_AUTH: none (expected: required
          TLS_CERT=c TLS_KEY=k TLS_CLIENT_AUTH=required | TLS_CLIENT_CA: (not set)
          """)
  void halfOfTheSettingsIsRefused(String given, String told) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (String one : given.strip().split(" ", -1)) {
      environment.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
    }

    assertThatThrownBy(() -> Settings.read(Map.of(), Optional.empty(), environment))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(told);
  }

  @Test
  void filesThatCannotBeUsedEndTheStartAndLeaveNothingOpen() throws Exception {
    Map<Setting, String> settings = serverFiles(authority);
    Files.writeString(folder().resolve("server.key"), stranger.signs("other").keyPem());

    assertThatThrownBy(() -> start(system, settings))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("TLS_KEY: ")
        .hasMessageContaining("does not belong to the certificate of TLS_CERT: ");
  }

  private Map<Setting, String> serverFiles(TestCertificate signer) throws IOException {
    Path certificate = signer.signs("server").writeTo(folder(), "server");
    Map<Setting, String> settings = new EnumMap<>(Setting.class);
    settings.put(Setting.TLS_CERT, certificate.toString());
    settings.put(Setting.TLS_KEY, folder().resolve("server.key").toString());
    return settings;
  }

  /** Calls on a connection of their own. */
  private RocketMQProxyBlockingV2Stub calls(
      Served gateway, TestCertificate trusted, TestCertificate... shown) throws IOException {
    Path ca = Files.writeString(folder().resolve("trusted.crt"), trusted.certificatePem());
    Optional<ClientTls.Shown> own = Optional.empty();
    if (shown.length > 0) {
      Path certificate = shown[0].writeTo(folder(), "shown");
      own =
          Optional.of(
              new ClientTls.Shown(
                  new NamedFile("cert", certificate),
                  new NamedFile("key", folder().resolve("shown.key"))));
    }
    ClientTls tls = ClientTls.load(new ClientTls.Files(Optional.of(new NamedFile("ca", ca)), own));
    return RocketMQProxyGrpc.newBlockingV2Stub(gateway.channel(tls.credentials()));
  }

  private static double reloadFailures(Served gateway, TestCertificate trusted)
      throws IOException, InterruptedException {
    return get(gateway, TestCertificate.client(trusted), "/metrics/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith("sluice_file_reload_failures_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private static HttpResponse<String> get(Served gateway, SSLContext tls, String... path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      URI uri =
          URI.create(
              "https://localhost:"
                  + gateway.server().httpPort()
                  + (path.length > 0 ? path[0] : "/health"));
      return client.send(
          HttpRequest.newBuilder(uri).timeout(Served.PATIENCE).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
