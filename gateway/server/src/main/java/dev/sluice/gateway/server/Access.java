package dev.sluice.gateway.server;

import dev.sluice.gateway.access.AccessException;
import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.access.Authenticator;
import dev.sluice.gateway.access.FileWatch;
import dev.sluice.gateway.access.Reloadable;
import dev.sluice.gateway.access.ServerTls;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may come in, read from the files that the settings name.
 *
 * @param settings what it was made of
 * @param tls empty for plain text
 * @param keys empty where everyone may call
 */
record Access(AccessSettings settings, Optional<ServerTls> tls, Optional<ApiKeys> keys) {
  private static final Logger LOG = LoggerFactory.getLogger(Access.class);

  /**
   * Reads the files. Blocks.
   *
   * @throws StartException where one cannot be used
   */
  static Access load(AccessSettings settings, Clock clock) {
    try {
      return new Access(
          settings,
          settings.tls().map(ServerTls::load),
          settings.apiKeys().map(file -> ApiKeys.load(file, clock)));
    } catch (AccessException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  Authenticator authenticator() {
    return keys.<Authenticator>map(all -> all).orElse(Authenticator.EVERYONE);
  }

  /** Looks at the files from time to time; whoever calls this starts and stops it. */
  FileWatch watch(Loop loop, Ledger ledger, GatewayMetrics metrics) {
    List<Reloadable> files =
        Stream.<Optional<? extends Reloadable>>of(tls, keys)
            .<Reloadable>mapMulti(Optional::ifPresent)
            .toList();
    return new FileWatch(
        files,
        settings.reloadInterval(),
        loop,
        ledger,
        outcome ->
            metrics.increment(
                outcome == Reloadable.Outcome.RELOADED
                    ? Counter.FILES_RELOADED
                    : Counter.FILE_RELOAD_FAILURES));
  }

  /** Has those told whose API key is taken away. */
  void onRevoked(Consumer<Caller> listener) {
    keys.ifPresent(all -> all.onRevoked(listener));
  }

  /** Says in the log what is open to other machines, where that may not be meant. */
  void warn(InetAddress listening) {
    if (listening.isLoopbackAddress() || (tls.isPresent() && keys.isPresent())) {
      return;
    }
    if (tls.isEmpty()) {
      LOG.warn(
          "{} is open to other machines in plain text{} (expected: TLS_CERT and TLS_KEY{}; see"
              + " docs/security.md)",
          listening.getHostAddress(),
          keys.isEmpty() ? ", and to everyone there" : "",
          keys.isEmpty() ? ", and API_KEYS_FILE or TLS_CLIENT_CA" : "");
    } else if (settings.tls().flatMap(ServerTls.Files::clientAuthorities).isEmpty()) {
      LOG.warn(
          "{} is open to everyone on other machines (expected: API_KEYS_FILE or TLS_CLIENT_CA; see"
              + " docs/security.md)",
          listening.getHostAddress());
    }
  }
}
