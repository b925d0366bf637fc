package dev.sluice.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate with its private key, made in a millisecond; for tests alone. */
public final class TestCertificate {
  private static final AtomicLong SERIAL = new AtomicLong(1);
  private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final Duration AGE = Duration.ofHours(1);

  private final String name;
  private final KeyPair keys;
  private final X509Certificate certificate;

  private TestCertificate(String name, KeyPair keys, X509Certificate certificate) {
    this.name = name;
    this.keys = keys;
    this.certificate = certificate;
  }

  /** An authority that others can be signed by. */
  public static TestCertificate authority(String name) {
    KeyPair keys = newKeys();
    byte[] canSign =
        extension("2.5.29.19", Der.sequence(Der.bool(true))); // basic constraints: an authority
    return make(name, keys, name, keys, Instant.now().plus(Duration.ofDays(1)), canSign);
  }

  /** One for {@code localhost} and {@code 127.0.0.1}, for servers and clients, for a day. */
  public TestCertificate signs(String subject) {
    return signs(subject, "localhost", Instant.now().plus(Duration.ofDays(1)));
  }

  /** The same for another host, or until another time. */
  public TestCertificate signs(String subject, String host, Instant until) {
    byte[] names =
        extension(
            "2.5.29.17",
            Der.sequence(
                Der.primitive(2, host.getBytes(StandardCharsets.US_ASCII)),
                host.equals("localhost")
                    ? Der.primitive(7, new byte[] {127, 0, 0, 1})
                    : new byte[0]));
    return make(subject, newKeys(), name, keys, until, names);
  }

  private static TestCertificate make(
      String subject,
      KeyPair keys,
      String issuer,
      KeyPair issuerKeys,
      Instant until,
      byte[] extension) {
    byte[] content =
        Der.sequence(
            Der.context(0, Der.integer(2)),
            Der.integer(SERIAL.getAndIncrement()),
            ECDSA_SHA256,
            name(issuer),
            Der.sequence(Der.time(until.minus(Duration.ofDays(3)).minus(AGE)), Der.time(until)),
            name(subject),
            keys.getPublic().getEncoded(),
            Der.context(3, Der.sequence(extension)));
    try {
      Signature signing = Signature.getInstance("SHA256withECDSA");
      signing.initSign(issuerKeys.getPrivate());
      signing.update(content);
      byte[] der = Der.sequence(content, ECDSA_SHA256, Der.bits(signing.sign()));
      return new TestCertificate(
          subject,
          keys,
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] name(String common) {
    return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.text(common))));
  }

  private static byte[] extension(String oid, byte[] content) {
    return Der.sequence(Der.oid(oid), Der.octets(content));
  }

  /** The certificate itself. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The certificate as PEM. */
  public String certificatePem() {
    return pem("CERTIFICATE", encoded());
  }

  /** The private key as PEM, PKCS #8. */
  public String keyPem() {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  /** Writes both, the key to {@code <name>.key}; returns the certificate's file. */
  public Path writeTo(Path folder, String name) throws IOException {
    Files.writeString(folder.resolve(name + ".key"), keyPem());
    return Files.writeString(folder.resolve(name + ".crt"), certificatePem());
  }

  /**
   * What a client of the JDK's takes that trusts one authority.
   *
   * @param shown the client's own certificate, or none
   */
  public static SSLContext client(TestCertificate trusted, TestCertificate... shown) {
    char[] none = new char[0];
    try {
      KeyStore authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, none);
      authorities.setCertificateEntry("trusted", trusted.certificate);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities);
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, none);
      for (TestCertificate one : shown) {
        own.setKeyEntry(
            one.name, one.keys.getPrivate(), none, new X509Certificate[] {one.certificate});
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, none);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] encoded() {
    try {
      return certificate.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
  }
}
