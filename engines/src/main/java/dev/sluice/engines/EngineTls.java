package dev.sluice.engines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS of an engine's name server and broker, which then refuse connections without it. The files
 * are PEM.
 *
 * @param certificate the servers', followed by what it is signed by
 * @param key the certificate's, PKCS #8 without a password
 * @param clientAuthorities whose signature the certificates of clients need, and the servers' own,
 *     since they call each other; null where clients show none
 */
public record EngineTls(Path certificate, Path key, @Nullable Path clientAuthorities) {

  /** Checks that the files are there. */
  public EngineTls {
    certificate = readable("certificate", certificate);
    key = readable("key", key);
    clientAuthorities =
        clientAuthorities == null ? null : readable("clientAuthorities", clientAuthorities);
  }

  private static Path readable(String name, Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException(name + ": " + file + " (expected: a readable file)");
    }
    return file.toAbsolutePath().normalize();
  }

  /** What tells the servers, which read system properties. */
  List<String> jvmOptions() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("tls.server.mode", "enforcing");
    properties.put("tls.test.mode.enable", "false");
    properties.put("tls.server.certPath", certificate.toString());
    properties.put("tls.server.keyPath", key.toString());
    properties.put("tls.client.authServer", "false");
    if (clientAuthorities != null) {
      properties.put("tls.server.need.client.auth", "require");
      properties.put("tls.server.authClient", "true");
      properties.put("tls.server.trustCertPath", clientAuthorities.toString());
      properties.put("tls.client.certPath", certificate.toString());
      properties.put("tls.client.keyPath", key.toString());
    }
    List<String> options = new ArrayList<>();
    properties.forEach((name, value) -> options.add("-D" + name + "=" + value));
    return options;
  }

  /** For a caller that trusts this certificate alone, and shows it too. */
  SSLContext ownContext() {
    char[] none = new char[0];
    try {
      Certificate[] chain = chain();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, none);
      store.setCertificateEntry("trusted", chain[0]);
      store.setKeyEntry("own", privateKey(chain[0]), none, chain);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, none);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "certificate: %s with key: %s (expected: PEM, the key PKCS #8 without a password)"
              .formatted(certificate, key),
          e);
    }
  }

  private Certificate[] chain() throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(certificate)) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(Certificate[]::new);
      if (chain.length == 0) {
        throw new IOException("no certificate in " + certificate);
      }
      return chain;
    }
  }

  private PrivateKey privateKey(Certificate owner) throws IOException, GeneralSecurityException {
    String base64 =
        Files.readString(key, StandardCharsets.US_ASCII).replaceAll("-----[^-]*-----", "");
    return KeyFactory.getInstance(owner.getPublicKey().getAlgorithm())
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
  }
}
