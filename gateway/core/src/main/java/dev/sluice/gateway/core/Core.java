package dev.sluice.gateway.core;

import dev.sluice.gateway.core.spi.GatewayException;
import dev.sluice.gateway.core.spi.Loops;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What all parts of one gateway share.
 *
 * @param issuer tells this instance's handles from others'; random, never 0
 * @param accepting false before the start and from the close on
 */
record Core(
    GatewaySettings settings,
    Loops loops,
    Clock clock,
    Ledger ledger,
    GatewayMetrics metrics,
    Sealer sealer,
    EndpointAllowList endpoints,
    long issuer,
    AtomicBoolean accepting) {

  void requireAccepting() {
    if (!accepting.get()) {
      throw closing();
    }
  }

  static GatewayException closing() {
    return GatewayException.unavailable(
        "gateway: not accepting (expected: started and not closing)", null);
  }
}
