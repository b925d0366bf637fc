package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import io.grpc.ManagedChannel;
import java.io.IOException;

/**
 * The frontend on a real server, with a message system in memory behind it. Closing it expects that
 * nothing is left open.
 */
final class ProxyServer {

  /** Where the configured upstream is. */
  static final String ADDRESS = FrontendServer.ADDRESS;

  final Ledger ledger;
  final MemoryBackend backend;
  final Gateway gateway;
  volatile HealthProbe.Health health = new HealthProbe.Health(true, "ready");

  private final FrontendServer server;

  private ProxyServer(GatewaySettings settings) throws IOException {
    server =
        FrontendServer.start(
            settings,
            MemoryOptions.DEFAULTS,
            (gateway, connection, ledger) ->
                new FrontendServer.Served(
                    ProxyFrontend.service(gateway, connection, () -> health, Clock.system()),
                    () -> {}));
    ledger = server.ledger();
    backend = server.backend();
    gateway = server.gateway();
  }

  static ProxyServer start() throws IOException {
    return start(GatewaySettings.DEFAULTS);
  }

  static ProxyServer start(GatewaySettings settings) throws IOException {
    return new ProxyServer(settings);
  }

  /** A connection of its own to the server. */
  ManagedChannel connect() {
    return server.connect();
  }

  /** Ends a connection, also with calls under way, and waits until the gateway has noticed. */
  void disconnect(ManagedChannel channel) throws InterruptedException {
    server.disconnect(channel);
  }

  /** Closes everything, and expects that nothing is left open. */
  void stop() throws InterruptedException {
    server.stop();
  }
}
