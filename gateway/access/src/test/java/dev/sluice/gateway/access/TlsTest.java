package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.TestCertificate;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS on a real gRPC server: who is let in, and what is spoken. */
class TlsTest {
  private final TestCertificate authority = TestCertificate.authority("authority");
  private final TestCertificate stranger = TestCertificate.authority("stranger");

  @TempDir private Path folder;
  private Certificates files = new Certificates(Path.of(""));

  @BeforeEach
  void folder() {
    files = new Certificates(folder);
  }

  @Test
  void aClientThatTrustsTheAuthorityTalks() throws Exception {
    try (TlsServer server = server(authority.signs("server"))) {
      Channel channel = server.channel(files.client(authority));

      assertThat(Echo.call(channel, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void aClientThatDoesNotTrustTheAuthorityDoesNotTalk() throws Exception {
    try (TlsServer server = server(authority.signs("server"))) {
      Channel channel = server.channel(files.client(stranger));

      assertRefused(channel);
    }
  }

  @Test
  void aServerThatIsAnotherHostIsNotTalkedTo() throws Exception {
    TestCertificate other =
        authority.signs("server", "other.example", Instant.now().plus(Duration.ofHours(1)));
    try (TlsServer server = server(other)) {
      Channel channel = server.channel(files.client(authority));

      assertRefused(channel);
    }
  }

  @Test
  void plainTextIsNotAnsweredOnAPortOfTls() throws Exception {
    try (TlsServer server = server(authority.signs("server"))) {
      assertRefused(server.plaintext());
    }
  }

  @Test
  void withAnAuthorityForClientsOnlyItsCertificatesComeIn() throws Exception {
    ServerTls tls = ServerTls.load(files.server(authority.signs("server"), authority));
    try (TlsServer server = new TlsServer(tls)) {
      Channel known = server.channel(files.client(authority, authority.signs("client")));
      assertThat(Echo.call(known, "hello")).isEqualTo("hello");

      assertRefused(server.channel(files.client(authority)));
      assertRefused(server.channel(files.client(authority, stranger.signs("client"))));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"TLSv1.3, h2, true", "TLSv1.2, h2, true", "TLSv1.1, h2, false"})
  void versionsFrom12OnAreSpoken(String version, String protocol, boolean spoken) throws Exception {
    try (TlsServer server = server(authority.signs("server"))) {
      if (spoken) {
        try (SSLSocket socket = handshake(server, version, protocol)) {
          assertThat(socket.getSession().getProtocol()).isEqualTo(version);
          assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        }
      } else {
        assertThatThrownBy(() -> handshake(server, version, protocol))
            .isInstanceOf(SSLException.class);
      }
    }
  }

  @Test
  void aClientThatOffersOtherProtocolsThanHttp2IsRefused() throws Exception {
    try (TlsServer server = server(authority.signs("server"))) {
      assertThatThrownBy(() -> handshake(server, "TLSv1.3", "http/1.1"))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("no_application_protocol");
    }
  }

  private TlsServer server(TestCertificate certificate) throws IOException {
    return new TlsServer(ServerTls.load(files.server(certificate)));
  }

  private SSLSocket handshake(TlsServer server, String version, String protocol)
      throws IOException {
    ClientTls.Files trusted = files.client(authority);
    NamedFile ca = trusted.authorities().orElseThrow();
    SSLContext context =
        SwitchableContext.context(null, Trust.in(ca, FileContents.read(java.util.List.of(ca))));
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void assertRefused(Channel channel) {
    assertThatThrownBy(() -> Echo.call(channel, "hello"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }
}
