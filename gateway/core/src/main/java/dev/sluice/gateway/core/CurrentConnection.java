package dev.sluice.gateway.core;

import dev.sluice.gateway.upstreams.ConnectionScope;

/** Tells a frontend which connection the call being served came by; implemented by the server. */
@FunctionalInterface
public interface CurrentConnection {

  /**
   * The scope of the connection; only meaningful on the thread that serves the call.
   *
   * @throws dev.sluice.gateway.spi.GatewayException where the caller is not let in, and its
   *     frontend is to tell it
   */
  ConnectionScope get();
}
