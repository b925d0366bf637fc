package dev.sluice.gateway.server;

import dev.sluice.gateway.access.ConnectionLimits;
import dev.sluice.gateway.access.NamedFile;
import dev.sluice.gateway.access.ServerTls;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * About who may come in. Half of a configuration is refused: nothing is served in plain text that
 * was meant to be encrypted.
 *
 * @param tls the files of TLS; empty for plain text
 * @param httpClientCertificates whether HTTP asks for certificates
 * @param apiKeys the file of API keys; empty where everyone may call
 * @param users the file of users, where there is one
 * @param maxSkew how far off the dates of users' signatures may be; zero for any
 * @param reloadInterval how often the files are looked at
 * @param limits how much callers may have of connections
 * @param handshake how long a new connection may take until it speaks HTTP/2
 */
record AccessSettings(
    Optional<ServerTls.Files> tls,
    boolean httpClientCertificates,
    Optional<NamedFile> apiKeys,
    Optional<NamedFile> users,
    Duration maxSkew,
    Duration reloadInterval,
    ConnectionLimits limits,
    Duration handshake) {

  private static final String NOT_SET = "(not set)";
  private static final String REQUIRED = "required";

  static AccessSettings of(SettingValues values) {
    Optional<NamedFile> authorities = file(values, Setting.TLS_CLIENT_CA);
    boolean required = values.text(Setting.TLS_CLIENT_AUTH).equals(REQUIRED);
    Optional<ServerTls.Files> tls = tls(values, authorities, required);
    int connections = values.number(Setting.MAX_CONCURRENT);
    int perAddress = values.number(Setting.MAX_CONNECTIONS_PER_ADDRESS);
    return new AccessSettings(
        tls,
        httpClientCertificates(values, authorities.isPresent(), required),
        file(values, Setting.API_KEYS_FILE),
        file(values, Setting.USERS_FILE)
            .map(file -> new NamedFile(file.namedBy(), file.path(), true)),
        values.time(Setting.SIGNATURE_MAX_SKEW),
        values.time(Setting.RELOAD_INTERVAL),
        new ConnectionLimits(
            connections,
            perAddress == 0 ? connections : perAddress,
            values.number(Setting.MAX_STREAMS_PER_CONNECTION),
            values.number(Setting.MAX_SESSIONS_PER_CONNECTION)),
        values.time(Setting.HANDSHAKE_TIMEOUT));
  }

  /** Whether callers of the services for clients are known, in one way or another. */
  boolean knowsCallers() {
    return users.isPresent()
        || apiKeys.isPresent()
        || tls.flatMap(ServerTls.Files::clientAuthorities).isPresent();
  }

  private static Optional<ServerTls.Files> tls(
      SettingValues values, Optional<NamedFile> authorities, boolean required) {
    Optional<NamedFile> certificate = file(values, Setting.TLS_CERT);
    Optional<NamedFile> key = file(values, Setting.TLS_KEY);
    if (certificate.isPresent() && key.isEmpty()) {
      values.problem(Setting.TLS_KEY, NOT_SET, "the file of the key of TLS_CERT");
    }
    if (key.isPresent() && certificate.isEmpty()) {
      values.problem(Setting.TLS_CERT, NOT_SET, "the file of the certificate of TLS_KEY");
    }
    if (authorities.isPresent() && certificate.isEmpty() && key.isEmpty()) {
      values.problem(Setting.TLS_CERT, NOT_SET, "the file of a certificate, for TLS_CLIENT_CA");
    }
    if (required && authorities.isEmpty()) {
      values.problem(
          Setting.TLS_CLIENT_CA,
          NOT_SET,
          "the file of those who sign the callers' certificates, for TLS_CLIENT_AUTH");
    }
    if (authorities.isPresent() && !required) {
      values.problem(Setting.TLS_CLIENT_AUTH, "none", "required, for TLS_CLIENT_CA");
    }
    return certificate.isPresent() && key.isPresent()
        ? Optional.of(new ServerTls.Files(certificate.get(), key.get(), authorities))
        : Optional.empty();
  }

  private static boolean httpClientCertificates(
      SettingValues values, boolean authorities, boolean required) {
    return switch (values.text(Setting.METRICS_CLIENT_AUTH)) {
      case "none" -> false;
      case REQUIRED -> {
        if (!authorities) {
          values.problem(
              Setting.TLS_CLIENT_CA,
              NOT_SET,
              "the file of those who sign the callers' certificates, for METRICS_CLIENT_AUTH");
        }
        yield true;
      }
      default -> required;
    };
  }

  private static Optional<NamedFile> file(SettingValues values, Setting setting) {
    String text = values.text(setting);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new NamedFile(setting.name(), Path.of(text).toAbsolutePath().normalize()));
    } catch (InvalidPathException e) {
      values.problem(setting, text, "the path of a file");
      return Optional.empty();
    }
  }
}
