package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.access.Reloadable.Outcome;
import dev.sluice.testkit.TestCertificate;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that change under a server that runs. */
class TlsReloadTest {
  private final TestCertificate first = TestCertificate.authority("first");
  private final TestCertificate second = TestCertificate.authority("second");

  @TempDir private Path folder;
  private Certificates files = new Certificates(Path.of(""));

  @BeforeEach
  void folder() {
    files = new Certificates(folder);
  }

  @Test
  void newConnectionsGetTheNewCertificateAndOldOnesGoOn() throws Exception {
    // given
    ServerTls tls = ServerTls.load(files.server(first.signs("server")));
    try (TlsServer server = new TlsServer(tls)) {
      Channel old = server.channel(files.client(first));
      Echo.call(old, "before");

      // when
      files.server(second.signs("server"));
      Outcome seen = tls.look();
      Outcome used = tls.look();

      // then
      assertThat(seen).isEqualTo(Outcome.UNCHANGED);
      assertThat(used).isEqualTo(Outcome.RELOADED);
      assertThat(Echo.call(old, "after")).isEqualTo("after");
      assertThat(Echo.call(server.channel(files.client(second)), "new")).isEqualTo("new");
      assertRefused(server.channel(files.client(first)));
    }
  }

  @Test
  void filesCaughtWhileTheyAreReplacedAreNotTried() throws Exception {
    // given
    ServerTls tls = ServerTls.load(files.server(first.signs("server")));
    TestCertificate next = second.signs("server");

    // when
    Files.writeString(folder.resolve("server.crt"), next.certificatePem());
    Outcome half = tls.look();
    Files.writeString(folder.resolve("server.key"), next.keyPem());

    // then
    assertThat(half).isEqualTo(Outcome.UNCHANGED);
    assertThat(tls.look()).isEqualTo(Outcome.UNCHANGED);
    assertThat(tls.look()).isEqualTo(Outcome.RELOADED);
    assertThat(tls.look()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void brokenNewFilesAreToldOfOnceAndTheOldOnesHold() throws Exception {
    // given
    ServerTls tls = ServerTls.load(files.server(first.signs("server")));
    try (TlsServer server = new TlsServer(tls)) {
      // when
      Files.writeString(folder.resolve("server.key"), second.signs("server").keyPem());
      tls.look();

      // then
      assertThat(tls.look()).isEqualTo(Outcome.REFUSED);
      assertThat(tls.look()).isEqualTo(Outcome.UNCHANGED);
      assertThat(Echo.call(server.channel(files.client(first)), "old")).isEqualTo("old");

      // when
      files.server(second.signs("server"));
      tls.look();

      // then
      assertThat(tls.look()).isEqualTo(Outcome.RELOADED);
      assertThat(Echo.call(server.channel(files.client(second)), "new")).isEqualTo("new");
    }
  }

  @Test
  void filesThatAreGoneChangeNothing() throws Exception {
    // given
    ServerTls tls = ServerTls.load(files.server(first.signs("server")));
    try (TlsServer server = new TlsServer(tls)) {
      // when
      Files.delete(folder.resolve("server.crt"));
      tls.look();

      // then
      assertThat(tls.look()).isEqualTo(Outcome.REFUSED);
      assertThat(Echo.call(server.channel(files.client(first)), "old")).isEqualTo("old");
    }
  }

  @Test
  void anAuthorityThatIsTakenAwayLetsNobodyInAnyMoreAlsoNotByAnOldSession() throws Exception {
    // given
    ServerTls tls = ServerTls.load(files.server(first.signs("server"), first));
    try (TlsServer server = new TlsServer(tls)) {
      ClientTls client = ClientTls.load(files.client(first, first.signs("client")));
      Echo.call(server.channel(client), "before");

      // when
      Files.writeString(folder.resolve("clients.crt"), second.certificatePem());
      tls.look();
      tls.look();

      // then
      assertRefused(server.channel(client));
    }
  }

  @Test
  void aClientGetsTheNewAuthorityForNewConnections() throws Exception {
    // given
    ClientTls tls = ClientTls.load(files.client(first));

    // when
    files.client(second);
    tls.look();

    // then
    assertThat(tls.look()).isEqualTo(Outcome.RELOADED);
  }

  private static void assertRefused(Channel channel) throws IOException {
    assertThatThrownBy(() -> Echo.call(channel, "hello"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("UNAVAILABLE");
  }
}
