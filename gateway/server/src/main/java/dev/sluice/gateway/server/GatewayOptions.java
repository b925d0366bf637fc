package dev.sluice.gateway.server;

import dev.sluice.gateway.access.AccessException;
import dev.sluice.gateway.access.ClientTls;
import dev.sluice.gateway.access.NamedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which gateway a command speaks to, and how. */
final class GatewayOptions {
  /** Names the variable of an API key. */
  static final String KEY_VARIABLE = "SLUICE_API_KEY";

  private static final int MAX_KEY = 4096;

  @Option(
      names = "--gateway",
      paramLabel = "<host:port>",
      description = "The gateway's gRPC address. Default: " + GatewayClient.STANDARD + ".")
  private String gateway = GatewayClient.STANDARD;

  @Option(
      names = "--tls",
      description = "Speak TLS, and trust the authorities that Java knows. Default: plain text.")
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "<file>",
      description = "Speak TLS, and trust the authorities of this PEM file alone.")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-cert",
      paramLabel = "<file>",
      description = "Speak TLS, and show this certificate, PEM.")
  private @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "<file>",
      description = "The private key of --tls-cert, PEM, PKCS #8 without a password.")
  private @Nullable Path key;

  @Option(
      names = "--api-key-file",
      paramLabel = "<file>",
      description =
          "A file with nothing but an API key. Without it, the environment's "
              + KEY_VARIABLE
              + ". No flag takes the key itself: the list of processes shows flags.")
  private @Nullable Path apiKeyFile;

  /**
   * Connects.
   *
   * @throws CommandException where the flags do not go together, or a file cannot be used
   */
  GatewayClient connect() {
    try {
      return GatewayClient.to(gateway, secured(), apiKey());
    } catch (AccessException e) {
      throw new CommandException(ExitCodes.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private Optional<ClientTls> secured() {
    if (certificate == null && key != null) {
      throw new CommandException(
          ExitCodes.USAGE, "--tls-cert: (not set) (expected: the certificate of --tls-key)");
    }
    if (certificate != null && key == null) {
      throw new CommandException(
          ExitCodes.USAGE, "--tls-key: (not set) (expected: the key of --tls-cert)");
    }
    if (!tls && authorities == null && certificate == null) {
      return Optional.empty();
    }
    Optional<ClientTls.Shown> shown =
        certificate == null || key == null
            ? Optional.empty()
            : Optional.of(
                new ClientTls.Shown(
                    new NamedFile("--tls-cert", certificate), new NamedFile("--tls-key", key)));
    return Optional.of(
        ClientTls.load(
            new ClientTls.Files(
                Optional.ofNullable(authorities).map(file -> new NamedFile("--tls-ca", file)),
                shown)));
  }

  private Optional<String> apiKey() {
    if (apiKeyFile == null) {
      return Optional.of(System.getenv().getOrDefault(KEY_VARIABLE, "").strip())
          .filter(text -> !text.isEmpty());
    }
    String text;
    try {
      text = Files.readString(apiKeyFile).strip();
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.USAGE,
          "--api-key-file: " + apiKeyFile + " cannot be read (expected: a file with an API key)");
    }
    if (text.isEmpty()
        || text.length() > MAX_KEY
        || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new CommandException(
          ExitCodes.USAGE,
          "--api-key-file: "
              + apiKeyFile
              + " has no key alone (expected: one line of visible ASCII)");
    }
    return Optional.of(text);
  }
}
