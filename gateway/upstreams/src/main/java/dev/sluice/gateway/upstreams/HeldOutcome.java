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
   * @param hold by which the instance that held it finds it until then; 0 where any instance may
   *     act on the handle
   */
  record ComesAgain(NewHandle handle, long hold) implements HeldOutcome {}

  /**
   * What was asked for did not happen.
   *
   * @param failure why
   */
  record Failed(GatewayException failure) implements HeldOutcome {}
}
