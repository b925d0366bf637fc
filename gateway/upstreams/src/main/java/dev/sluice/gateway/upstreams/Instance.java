package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What all parts of one gateway share.
 *
 * @param peers the instances that share the cluster key, this one among them
 * @param accepting false before the start and from the close on
 */
public record Instance(
    GatewaySettings settings,
    Loops loops,
    Clock clock,
    Ledger ledger,
    GatewayMetrics metrics,
    Sealer sealer,
    EndpointAllowList endpoints,
    Peers peers,
    AtomicBoolean accepting) {

  /** Tells this instance's handles from others'; never 0. */
  public long issuer() {
    return peers.self().instance();
  }

  /**
   * Refuses what comes before the start and after the close has begun.
   *
   * @throws GatewayException with {@code UNAVAILABLE}
   */
  public void requireAccepting() {
    if (!accepting.get()) {
      throw closing();
    }
  }

  /** What calls are told that come too early or too late. */
  public static GatewayException closing() {
    return GatewayException.unavailable(
        "gateway: not accepting (expected: started and not closing)", null);
  }
}
