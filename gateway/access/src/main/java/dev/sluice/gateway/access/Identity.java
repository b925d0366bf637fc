package dev.sluice.gateway.access;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * A certificate with what it is signed by, and its private key. {@link #toString} shows the subject
 * alone.
 */
final class Identity {
  private static final int CHALLENGE_BYTES = 32;

  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private Identity(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /**
   * Reads a certificate and its key.
   *
   * @throws AccessException where one is missing, is out of its time, or they do not belong
   *     together
   */
  static Identity of(NamedFile certificate, NamedFile key, FileContents contents) {
    List<X509Certificate> chain = Pem.certificates(certificate, contents);
    X509Certificate leaf = chain.getFirst();
    checkTime(certificate, leaf);
    PublicKey publicKey = leaf.getPublicKey();
    PrivateKey privateKey = Pem.privateKey(key, contents, publicKey);
    if (!belongTogether(certificate, privateKey, publicKey)) {
      throw key.unusable(
          "does not belong to the certificate of " + certificate,
          "the private key of the file's first certificate");
    }
    return new Identity(chain, privateKey);
  }

  private static void checkTime(NamedFile file, X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      throw file.unusable(
          "has expired at " + certificate.getNotAfter().toInstant(), "a certificate that is valid");
    } catch (CertificateNotYetValidException e) {
      throw file.unusable(
          "is not valid before " + certificate.getNotBefore().toInstant(),
          "a certificate that is valid");
    }
  }

  private static boolean belongTogether(NamedFile file, PrivateKey key, PublicKey certified) {
    String algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
          default ->
              throw file.unusable(
                  "has a key of the kind " + certified.getAlgorithm(), "RSA, EC or EdDSA");
        };
    byte[] challenge = new byte[CHALLENGE_BYTES];
    new SecureRandom().nextBytes(challenge);
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(challenge);
      byte[] signed = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certified);
      verifying.update(challenge);
      return verifying.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** What a TLS context takes. */
  KeyManager[] keyManagers() {
    char[] none = new char[0];
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, none);
      store.setKeyEntry("identity", key, none, chain.toArray(new X509Certificate[0]));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, none);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new IllegalStateException("keeping a certificate in memory: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "Identity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
