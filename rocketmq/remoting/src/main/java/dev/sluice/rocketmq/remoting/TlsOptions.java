package dev.sluice.rocketmq.remoting;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * TLS to name servers and brokers. The files are PEM, and read when the client starts.
 *
 * @param authorities who may have signed the servers' certificates; null for those of the JDK
 * @param certificate to show to servers that ask for one, followed by what it is signed by; null
 *     for none
 * @param key of the certificate, PKCS #8 without a password; null where there is none
 * @param check what is checked of a server before anything is sent to it
 */
public record TlsOptions(
    @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key, Check check) {

  /** What is checked of a server's certificate. */
  public enum Check {
    /** Its signature, and that it is for the host name or address that is connected to. */
    HOST_NAME,
    /** Its signature: any server of the same authority will do. */
    SIGNATURE,
    /** Nothing: whoever is in between can read and change all. For trying things out. */
    NOTHING
  }

  public TlsOptions {
    Objects.requireNonNull(check, "check");
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "certificate: %s, key: %s (expected: both or none)".formatted(certificate, key));
    }
  }

  /** Trusts the authorities of the JDK, checks everything, shows nothing. */
  public static TlsOptions standard() {
    return new TlsOptions(null, null, null, Check.HOST_NAME);
  }

  /**
   * Reads the files, and leaves it at that. Blocks.
   *
   * @throws IllegalArgumentException naming the file that cannot be used
   */
  public void test() {
    var unused = TlsContexts.of(this);
  }

  /** The same, trusting the authorities of this file alone. */
  public TlsOptions trusting(Path file) {
    return new TlsOptions(file, certificate, key, check);
  }

  /** The same, showing a certificate. */
  public TlsOptions showing(Path newCertificate, Path newKey) {
    return new TlsOptions(authorities, newCertificate, newKey, check);
  }

  /** The same with other checks. */
  public TlsOptions checking(Check newCheck) {
    return new TlsOptions(authorities, certificate, key, newCheck);
  }
}
