package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.upstreams.ConnectionScope;

/** Tells who makes the call being served. */
final class Callers {

  private final CurrentConnection connection;
  private final Leases leases;

  Callers(CurrentConnection connection, Leases leases) {
    this.connection = connection;
    this.leases = leases;
  }

  /**
   * The call being served; asked on the thread that serves it, before anything else of it.
   *
   * @throws Refusal where its client does not say its id
   * @throws dev.sluice.gateway.spi.GatewayException where its caller is not let in
   */
  Call current() {
    ConnectionScope scope = connection.get();
    return new Call(scope, CallerIdentity.clientId(), leases.of(scope));
  }
}
