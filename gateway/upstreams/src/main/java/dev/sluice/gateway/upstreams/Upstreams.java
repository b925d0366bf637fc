package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.BoundedCloseable;

/**
 * The shared upstreams, one for each endpoint, instance and set of credentials, the secret
 * included. Safe for use by any thread.
 */
public interface Upstreams extends BoundedCloseable {

  /**
   * Takes a lease; starts nothing.
   *
   * @param scheme of a backend that the gateway has
   * @param owner who takes it, for the ledger
   * @throws dev.sluice.gateway.spi.GatewayException with {@code OVERLOADED} where it would be one
   *     upstream too many
   */
  UpstreamLease lease(String scheme, UpstreamSpec spec, UpstreamLease.Idle idle, String owner);

  /** How many upstreams are open or starting. */
  int open();

  /**
   * How many upstreams are open on behalf of producers, whoever else uses them. Takes time in
   * proportion to all of them.
   */
  int openForProducers();
}
