package dev.sluice.gateway.access;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates and private keys in the text form of RFC 7468. */
final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private static final int MAX_CERTIFICATES = 1000;
  private static final String CERTIFICATES = "PEM with '-----BEGIN CERTIFICATE-----'";
  private static final String KEY =
      "PEM with '-----BEGIN PRIVATE KEY-----', PKCS #8 without a password; 'openssl pkcs8 -topk8"
          + " -nocrypt -in <file>' makes one of other forms";

  private record Block(String label, String base64) {
    @Override
    public String toString() {
      return "Block[" + label + "]";
    }
  }

  private Pem() {}

  /** The certificates of a file, in its order; at least one. */
  static List<X509Certificate> certificates(NamedFile file, FileContents contents) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(file, contents.of(file, CERTIFICATES), CERTIFICATES)) {
      if (block.label.equals("CERTIFICATE") || block.label.equals("TRUSTED CERTIFICATE")) {
        certificates.add(certificate(file, block));
      }
    }
    if (certificates.isEmpty() || certificates.size() > MAX_CERTIFICATES) {
      throw file.unusable(
          "has " + certificates.size() + " certificates",
          "1 to " + MAX_CERTIFICATES + ", in " + CERTIFICATES);
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate certificate(NamedFile file, Block block) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(decode(file, block, CERTIFICATES)));
    } catch (CertificateException e) {
      throw file.unusable("has a certificate that is broken", CERTIFICATES);
    }
  }

  /**
   * The private key of a file.
   *
   * @param belongsTo what the key is expected to belong to; decides its kind
   */
  static PrivateKey privateKey(NamedFile file, FileContents contents, PublicKey belongsTo) {
    for (Block block : blocks(file, contents.of(file, KEY), KEY)) {
      if (block.label.equals("PRIVATE KEY")) {
        return privateKey(file, block, belongsTo.getAlgorithm());
      }
      if (block.label.endsWith("PRIVATE KEY")) {
        throw file.unusable("has a key in the form '" + block.label + "'", KEY);
      }
    }
    throw file.unusable("has no private key", KEY);
  }

  private static PrivateKey privateKey(NamedFile file, Block block, String algorithm) {
    byte[] der = decode(file, block, KEY);
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      // Not given as the cause: its message may tell of the key.
      throw file.unusable("has no key of the certificate's kind, " + algorithm, KEY);
    }
  }

  private static List<Block> blocks(NamedFile file, byte[] bytes, String expected) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<Block> blocks = new ArrayList<>();
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
      String label = labelEnd < 0 ? "" : text.substring(at + BEGIN.length(), labelEnd);
      int end = labelEnd < 0 ? -1 : text.indexOf(END + label + DASHES, labelEnd);
      if (end < 0) {
        throw file.unusable("is cut short or has lines that do not belong together", expected);
      }
      blocks.add(new Block(label, text.substring(labelEnd + DASHES.length(), end)));
      at = text.indexOf(BEGIN, end);
    }
    return blocks;
  }

  private static byte[] decode(NamedFile file, Block block, String expected) {
    try {
      return Base64.getMimeDecoder().decode(block.base64);
    } catch (IllegalArgumentException e) {
      // Not given as the cause: its message may quote the key.
      throw file.unusable("has something else than base64 between its lines", expected);
    }
  }
}
