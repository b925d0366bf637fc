package dev.sluice.gateway.server;

import dev.sluice.gateway.access.AccessException;
import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.access.Authenticator;
import dev.sluice.gateway.access.Doors;
import dev.sluice.gateway.access.FileWatch;
import dev.sluice.gateway.access.Reloadable;
import dev.sluice.gateway.access.ServerTls;
import dev.sluice.gateway.access.Users;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may come in, read from the files that the settings name.
 *
 * @param settings what it was made of
 * @param tls empty for plain text
 * @param keys empty where no API keys are needed
 * @param users empty where signatures are not looked at
 */
record Access(
    AccessSettings settings,
    Optional<ServerTls> tls,
    Optional<ApiKeys> keys,
    Optional<Users> users) {
  private static final Logger LOG = LoggerFactory.getLogger(Access.class);

  private static final String CLOSED =
      "service: is closed, since USERS_FILE is set and API_KEYS_FILE is not (expected: calls of"
          + " apache.rocketmq.v2.MessagingService, signed by a user)";

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
          settings.apiKeys().map(file -> ApiKeys.load(file, clock)),
          settings.users().map(file -> Users.load(file, settings.maxSkew(), clock)));
    } catch (AccessException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Who may come in.
   *
   * @param signed the service whose callers sign what they say, where users are known
   * @param open what everyone may call
   * @param unlimited what everyone may call beyond all limits
   */
  Doors doors(String signed, Set<String> open, Set<String> unlimited) {
    return new Doors(
        others(),
        users.<Map<String, Authenticator>>map(all -> Map.of(signed, all)).orElse(Map.of()),
        open,
        unlimited);
  }

  /** Users sign in one service: the others are no way around that. */
  private Authenticator others() {
    if (keys.isPresent()) {
      return keys.get();
    }
    return users.isEmpty() ? Authenticator.EVERYONE : Authenticator.nobody(CLOSED);
  }

  /** Looks at the files from time to time; whoever calls this starts and stops it. */
  FileWatch watch(Loop loop, Ledger ledger, GatewayMetrics metrics) {
    List<Reloadable> files =
        Stream.<Optional<? extends Reloadable>>of(tls, keys, users)
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

  /** Has those told whose API key or secret is taken away. */
  void onRevoked(Consumer<Caller> listener) {
    keys.ifPresent(all -> all.onRevoked(listener));
    users.ifPresent(all -> all.onRevoked(listener));
  }

  /** Says in the log what is open to other machines, where that may not be meant. */
  void warn(InetAddress listening) {
    boolean asks = keys.isPresent() || users.isPresent();
    if (listening.isLoopbackAddress() || (tls.isPresent() && asks)) {
      return;
    }
    if (tls.isEmpty()) {
      LOG.warn(
          "{} is open to other machines in plain text{} (expected: TLS_CERT and TLS_KEY{}; see"
              + " docs/security.md)",
          listening.getHostAddress(),
          asks ? "" : ", and to everyone there",
          asks ? "" : ", and API_KEYS_FILE, USERS_FILE or TLS_CLIENT_CA");
    } else if (settings.tls().flatMap(ServerTls.Files::clientAuthorities).isEmpty()) {
      LOG.warn(
          "{} is open to everyone on other machines (expected: API_KEYS_FILE, USERS_FILE or"
              + " TLS_CLIENT_CA; see docs/security.md)",
          listening.getHostAddress());
    }
  }
}
