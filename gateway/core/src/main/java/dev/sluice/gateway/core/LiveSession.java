package dev.sluice.gateway.core;

import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.UpstreamLease;

/** A session as {@link LiveSessions} keeps it. */
interface LiveSession extends AutoCloseable {

  /** What its caller calls it by. */
  String id();

  /** The {@link dev.sluice.gateway.upstreams.Caller#name} that its id was made for. */
  String owner();

  /** The connection that it ends with. */
  ConnectionScope scope();

  /** Its upstream. */
  UpstreamLease lease();

  /** Ends it, which removes it. Idempotent, never blocks. */
  @Override
  void close();
}
