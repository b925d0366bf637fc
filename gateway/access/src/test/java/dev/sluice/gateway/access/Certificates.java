package dev.sluice.gateway.access;

import dev.sluice.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Files of certificates in a folder, as the settings name them. */
record Certificates(Path folder) {

  NamedFile named(String setting, String name) {
    return new NamedFile(setting, folder.resolve(name));
  }

  /** What a server with this certificate is told. */
  ServerTls.Files server(TestCertificate certificate) throws IOException {
    certificate.writeTo(folder, "server");
    return new ServerTls.Files(
        named("TLS_CERT", "server.crt"), named("TLS_KEY", "server.key"), Optional.empty());
  }

  /** The same, with an authority for the callers' certificates. */
  ServerTls.Files server(TestCertificate certificate, TestCertificate clients) throws IOException {
    ServerTls.Files files = server(certificate);
    Files.writeString(folder.resolve("clients.crt"), clients.certificatePem());
    return new ServerTls.Files(
        files.certificate(), files.key(), Optional.of(named("TLS_CLIENT_CA", "clients.crt")));
  }

  /** What a client is told that shows nothing. */
  ClientTls.Files client(TestCertificate trusted) throws IOException {
    Files.writeString(folder.resolve("trusted.crt"), trusted.certificatePem());
    return new ClientTls.Files(Optional.of(named("--tls-ca", "trusted.crt")), Optional.empty());
  }

  /** What a client is told that shows a certificate. */
  ClientTls.Files client(TestCertificate trusted, TestCertificate shown) throws IOException {
    shown.writeTo(folder, "shown");
    return new ClientTls.Files(
        client(trusted).authorities(),
        Optional.of(
            new ClientTls.Shown(
                named("--tls-cert", "shown.crt"), named("--tls-key", "shown.key"))));
  }
}
