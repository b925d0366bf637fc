package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.upstreams.Sealer.Purpose;
import org.jspecify.annotations.Nullable;

/** One way to seal. Safe for use by any thread. */
interface Protection {

  /** Seals the payload for a purpose. */
  byte[] protect(Purpose purpose, byte[] payload);

  /** The payload, or null where it does not open: not ours, altered, or for another purpose. */
  byte @Nullable [] open(Purpose purpose, byte[] sealed);
}
