package dev.sluice.gateway.access;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Whose signatures count. */
final class Trust {
  private Trust() {}

  /** Trusts what the certificates of the file have signed, and nothing else. */
  static TrustManager[] in(NamedFile file, FileContents contents) {
    List<X509Certificate> authorities = Pem.certificates(file, contents);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("authority-" + i, authorities.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("keeping certificates in memory: " + e.getMessage(), e);
    }
  }
}
