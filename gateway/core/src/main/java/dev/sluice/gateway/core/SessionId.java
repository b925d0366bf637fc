package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Credentials;

/** What the ids of all kinds of sessions carry. */
interface SessionId {

  /** The {@link dev.sluice.gateway.upstreams.Caller#name} that it was made for. */
  String owner();

  /** As {@link dev.sluice.gateway.upstreams.EndpointAllowList#portable} has it. */
  String endpoint();

  /** The caller's name for the instance; may be empty. */
  String instance();

  /** For the message system. */
  Credentials credentials();
}
