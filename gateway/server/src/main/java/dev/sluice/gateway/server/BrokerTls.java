package dev.sluice.gateway.server;

import dev.sluice.rocketmq.remoting.TlsOptions;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the brokers, as the settings say. Half of it is refused: nothing goes out in plain
 * text that was meant to be encrypted.
 */
final class BrokerTls {
  private static final String OFF = "off";
  private static final String NOT_SET = "(not set)";

  private BrokerTls() {}

  /** Empty for plain text. */
  static Optional<TlsOptions> of(SettingValues values) {
    String choice = values.text(Setting.UPSTREAM_TLS);
    Path authorities = file(values, Setting.UPSTREAM_TLS_CA);
    Path certificate = file(values, Setting.UPSTREAM_TLS_CERT);
    Path key = file(values, Setting.UPSTREAM_TLS_KEY);
    if (certificate != null && key == null) {
      values.problem(Setting.UPSTREAM_TLS_KEY, NOT_SET, "the file of the key of UPSTREAM_TLS_CERT");
    }
    if (key != null && certificate == null) {
      values.problem(
          Setting.UPSTREAM_TLS_CERT, NOT_SET, "the file of the certificate of UPSTREAM_TLS_KEY");
    }
    if (choice.equals(OFF)) {
      if (authorities != null || certificate != null || key != null) {
        values.problem(Setting.UPSTREAM_TLS, OFF, "on or signature, where its files are set");
      }
      return Optional.empty();
    }
    if (values.text(Setting.UPSTREAM).isEmpty()) {
      values.problem(
          Setting.UPSTREAM_TLS, choice, "off without UPSTREAM: the embedded broker has no TLS");
    }
    if ((certificate == null) != (key == null)) {
      return Optional.empty();
    }
    TlsOptions.Check check =
        choice.equals("signature") ? TlsOptions.Check.SIGNATURE : TlsOptions.Check.HOST_NAME;
    return Optional.of(new TlsOptions(authorities, certificate, key, check));
  }

  private static @Nullable Path file(SettingValues values, Setting setting) {
    String text = values.text(setting);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      values.problem(setting, text, "the path of a file");
      return null;
    }
  }
}
