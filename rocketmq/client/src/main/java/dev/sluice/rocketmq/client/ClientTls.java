package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.remoting.TlsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * TLS (1.2 or 1.3) to name servers and brokers. Immutable; equal where all that it says is.
 *
 * <p>Servers always prove who they are: their certificates must be signed by an authority that is
 * trusted and, unless that is switched off, be made out to the host name or address that is
 * connected to. Otherwise calls fail as UNAVAILABLE, with nothing sent. A connection is never made
 * without TLS instead.
 *
 * <p>The files are PEM. They are read when the first producer or consumer of the client id starts;
 * one that has other content fails that start as INVALID_ARGUMENT.
 */
public final class ClientTls {
  private final TlsOptions options;

  private ClientTls(TlsOptions options) {
    this.options = options;
  }

  /** Begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The defaults: the authorities of the JDK, everything checked, no certificate of one's own. */
  public static ClientTls standard() {
    return builder().build();
  }

  /** See {@link Builder#authorities}; empty for those of the JDK. */
  public Optional<Path> authorities() {
    return Optional.ofNullable(options.authorities());
  }

  /** See {@link Builder#certificate}; empty for none. */
  public Optional<Path> certificate() {
    return Optional.ofNullable(options.certificate());
  }

  /** The key of the certificate; empty without one. */
  public Optional<Path> key() {
    return Optional.ofNullable(options.key());
  }

  /** See {@link Builder#checkHostName}. */
  public boolean checkHostName() {
    return options.check() == TlsOptions.Check.HOST_NAME;
  }

  /** For the other modules of this library: itself, for remoting. */
  public TlsOptions options() {
    return options;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientTls tls && options.equals(tls.options);
  }

  @Override
  public int hashCode() {
    return options.hashCode();
  }

  @Override
  public String toString() {
    return "ClientTls[authorities %s, certificate %s, host name %s]"
        .formatted(
            authorities().map(Path::toString).orElse("of the JDK"),
            certificate().map(Path::toString).orElse("none"),
            checkHostName() ? "checked" : "not checked");
  }

  /** Collects {@link ClientTls}. Not safe for use by several threads. */
  public static final class Builder {
    private @Nullable Path authorities;
    private @Nullable Path certificate;
    private @Nullable Path key;
    private boolean checkHostName = true;

    private Builder() {}

    /** Who may have signed the servers' certificates; by default those whom the JDK trusts. */
    public Builder authorities(Path file) {
      authorities = file;
      return this;
    }

    /**
     * A certificate, followed by what it is signed by, to show to servers that ask for one; none by
     * default. Needs {@link #key}.
     */
    public Builder certificate(Path file) {
      certificate = file;
      return this;
    }

    /** The certificate's key, PKCS #8 without a password. Needs {@link #certificate}. */
    public Builder key(Path file) {
      key = file;
      return this;
    }

    /**
     * Whether a server's certificate must be made out to the host name or address that is connected
     * to. On by default; without it any server of a trusted authority will do.
     */
    public Builder checkHostName(boolean value) {
      checkHostName = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws RocketMQException INVALID_ARGUMENT naming a file that cannot be read, or a
     *     certificate without a key, or a key without a certificate
     */
    public ClientTls build() {
      if (certificate != null && key == null) {
        throw RocketMQException.invalid("certificate", certificate, "with a key");
      }
      if (key != null && certificate == null) {
        throw RocketMQException.invalid("key", key, "with a certificate");
      }
      readable("authorities", authorities);
      readable("certificate", certificate);
      readable("key", key);
      return new ClientTls(
          new TlsOptions(
              authorities,
              certificate,
              key,
              checkHostName ? TlsOptions.Check.HOST_NAME : TlsOptions.Check.SIGNATURE));
    }

    private static void readable(String name, @Nullable Path file) {
      if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
        throw RocketMQException.invalid(name, file, "a readable file");
      }
    }
  }
}
