package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that cannot be used end the start, and say which and why. */
class TlsFilesTest {
  private final TestCertificate authority = TestCertificate.authority("authority");
  private final TestCertificate good = authority.signs("server");

  @TempDir private Path folder;
  private Certificates files = new Certificates(Path.of(""));

  @BeforeEach
  void folder() {
    files = new Certificates(folder);
  }

  @ParameterizedTest
  @CsvSource({"server.crt, TLS_CERT", "server.key, TLS_KEY", "clients.crt, TLS_CLIENT_CA"})
  void aFileThatIsNotThereIsNamed(String file, String setting) throws IOException {
    ServerTls.Files all = files.server(good, authority);
    Files.delete(folder.resolve(file));

    assertThatThrownBy(() -> ServerTls.load(all))
        .isInstanceOf(AccessException.class)
        .hasMessageStartingWith(
            setting + ": " + folder.resolve(file) + " does not exist (expected:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server.crt  | empty     | TLS_CERT      | has 0 certificates
          server.crt  | words     | TLS_CERT      | has 0 certificates
          server.crt  | cut       | TLS_CERT      | is cut short
          server.crt  | scrambled | TLS_CERT      | has a certificate that is broken
          server.key  | empty     | TLS_KEY       | has no private key
          server.key  | cut       | TLS_KEY       | is cut short
          server.key  | scrambled | TLS_KEY       | has no key of the certificate's kind, EC
          server.key  | traditional | TLS_KEY     | has a key in the form 'EC PRIVATE KEY'
          server.key  | encrypted | TLS_KEY       | has a key in the form 'ENCRYPTED PRIVATE KEY'
          server.key  | huge      | TLS_KEY       | is larger than 1048576 bytes
          clients.crt | empty     | TLS_CLIENT_CA | has 0 certificates
          """)
  void aFileWithSomethingElseIsNamedAndToldWhatIsExpected(
      String file, String content, String setting, String told) throws IOException {
    ServerTls.Files all = files.server(good, authority);
    Path path = folder.resolve(file);
    String before = Files.readString(path);
    Files.writeString(path, changed(before, content));

    assertThatThrownBy(() -> ServerTls.load(all))
        .isInstanceOf(AccessException.class)
        .hasMessageStartingWith(setting + ": " + path + " " + told)
        .hasMessageContaining("expected: ")
        .hasMessageNotContaining(before.lines().skip(1).findFirst().orElse("").substring(0, 20));
  }

  private static String changed(String before, String how) {
    return switch (how) {
      case "empty" -> "";
      case "words" -> "not PEM at all\n";
      case "cut" -> before.substring(0, before.length() / 2);
      case "scrambled" ->
          before.lines().findFirst().orElse("")
              + "\nbm90IHRoaXM=\n"
              + before.lines().reduce((a, b) -> b).orElse("");
      case "traditional" -> before.replace("PRIVATE", "EC PRIVATE");
      case "encrypted" -> before.replace("PRIVATE", "ENCRYPTED PRIVATE");
      case "huge" -> before + " ".repeat(1024 * 1024);
      default -> throw new IllegalArgumentException(how);
    };
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws IOException {
    ServerTls.Files all = files.server(good);
    Files.writeString(folder.resolve("server.key"), authority.signs("other").keyPem());

    assertThatThrownBy(() -> ServerTls.load(all))
        .isInstanceOf(AccessException.class)
        .hasMessageStartingWith("TLS_KEY: ")
        .hasMessageContaining("does not belong to the certificate of TLS_CERT: ");
  }

  @Test
  void aKeyOfAnotherKindIsRefused() throws Exception {
    ServerTls.Files all = files.server(good);
    byte[] rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate().getEncoded();
    Files.writeString(
        folder.resolve("server.key"),
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(rsa)));

    assertThatThrownBy(() -> ServerTls.load(all))
        .hasMessageContaining("has no key of the certificate's kind, EC");
  }

  @Test
  void aCertificateThatHasExpiredIsRefused() throws IOException {
    TestCertificate expired =
        authority.signs("server", "localhost", Instant.now().minus(Duration.ofMinutes(1)));
    ServerTls.Files all = files.server(expired);

    assertThatThrownBy(() -> ServerTls.load(all))
        .hasMessageStartingWith("TLS_CERT: ")
        .hasMessageContaining("has expired at ");
  }

  @Test
  void aCertificateOfTheFutureIsRefused() throws IOException {
    TestCertificate early =
        authority.signs("server", "localhost", Instant.now().plus(Duration.ofDays(30)));
    ServerTls.Files all = files.server(early);

    assertThatThrownBy(() -> ServerTls.load(all)).hasMessageContaining("is not valid before ");
  }
}
