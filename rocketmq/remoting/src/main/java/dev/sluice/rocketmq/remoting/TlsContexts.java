package dev.sluice.rocketmq.remoting;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes what Netty needs for TLS out of files. Blocks. */
final class TlsContexts {
  private TlsContexts() {}

  /**
   * For connections to servers.
   *
   * @throws IllegalArgumentException naming the file that cannot be used
   */
  static SslContext of(TlsOptions options) {
    readable("authorities", options.authorities());
    readable("certificate", options.certificate());
    readable("key", options.key());
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .endpointIdentificationAlgorithm(
                options.check() == TlsOptions.Check.HOST_NAME ? "HTTPS" : null);
    if (options.check() == TlsOptions.Check.NOTHING) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (options.authorities() != null) {
      builder = apply("authorities", options.authorities(), builder::trustManager);
    }
    Path key = options.key();
    if (options.certificate() != null && key != null) {
      SslContextBuilder into = builder;
      builder =
          apply(
              "certificate and key",
              options.certificate(),
              certificate -> into.keyManager(certificate, key.toFile()));
    }
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS: " + options + " cannot be used: " + e, e);
    }
  }

  private interface Setting {
    SslContextBuilder with(java.io.File file);
  }

  private static SslContextBuilder apply(String name, Path file, Setting setting) {
    try {
      return setting.with(file.toFile());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          name + ": " + file + " (expected: PEM, a key as PKCS #8 without a password)", e);
    }
  }

  private static void readable(String name, @Nullable Path file) {
    if (file == null) {
      return;
    }
    try {
      if (Files.size(file) > 0 && Files.isReadable(file)) {
        return;
      }
      throw new IOException("empty, or not for this user");
    } catch (IOException e) {
      throw new IllegalArgumentException(name + ": " + file + " (expected: a readable file)", e);
    }
  }
}
