package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.NewHandle;

/** What became of a held delivery at a user's wish. */
public sealed interface HeldOutcome {

  /** It was acknowledged: it does not come again. */
  record Acknowledged() implements HeldOutcome {}

  /**
   * It comes again.
   *
   * @param handle when, and its handle until then
   */
  record ComesAgain(NewHandle handle) implements HeldOutcome {}

  /**
   * What was asked for did not happen.
   *
   * @param failure why
   */
  record Failed(GatewayException failure) implements HeldOutcome {}
}
