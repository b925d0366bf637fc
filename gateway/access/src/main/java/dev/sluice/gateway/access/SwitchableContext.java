package dev.sluice.gateway.access;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS context that stands for another one, which can be exchanged: connections made from then on
 * have the new one, those that there are keep theirs. A new context begins without sessions, so
 * that nobody resumes one that old certificates were judged for.
 */
final class SwitchableContext extends SSLContext {
  private final Behind behind;

  private SwitchableContext(Behind behind, SSLContext first) {
    super(behind, first.getProvider(), first.getProtocol());
    this.behind = behind;
  }

  static SwitchableContext to(SSLContext first) {
    return new SwitchableContext(new Behind(first), first);
  }

  /**
   * A context of the JDK.
   *
   * @param keys null for none
   * @param trust null for the JDK's own list of authorities
   */
  static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
    try {
      SSLContext made = SSLContext.getInstance("TLS");
      made.init(keys, trust, null);
      return made;
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException("TLS: " + e.getMessage(), e);
    }
  }

  void switchTo(SSLContext next) {
    behind.current = next;
  }

  private static final class Behind extends SSLContextSpi {
    private volatile SSLContext current;

    Behind(SSLContext first) {
      this.current = first;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("is initialised already");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return current.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return current.getServerSocketFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return current.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return current.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return current.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return current.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return current.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return current.getSupportedSSLParameters();
    }
  }
}
