package dev.sluice.gateway.access;

import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Quota;
import org.jspecify.annotations.Nullable;

/** One gRPC connection: has a scope once it is within the limits, until it ends. */
final class CallerConnection {
  /** Balancers watch one service each, or a few. */
  static final int MAX_OPEN_STREAMS = 16;

  private final String peer;
  private final String origin;
  private final Quota streams;
  private final Quota openStreams =
      Quota.fixed("streams of this connection that are open to everyone", MAX_OPEN_STREAMS);
  private volatile @Nullable ConnectionScope scope;
  private boolean ended;

  CallerConnection(String peer, String origin, int maxStreams) {
    this.peer = peer;
    this.origin = origin;
    this.streams = Quota.of("streams of this connection", maxStreams, "MAX_STREAMS_PER_CONNECTION");
  }

  String peer() {
    return peer;
  }

  String origin() {
    return origin;
  }

  Quota streams() {
    return streams;
  }

  /** Of what everyone may call, such as watching its health. */
  Quota openStreams() {
    return openStreams;
  }

  /** Null where it is not within the limits, or over. */
  @Nullable ConnectionScope scope() {
    return scope;
  }

  /** Has a scope from now on; false where the connection is over, so that it must not be used. */
  synchronized boolean enter(ConnectionScope opened) {
    if (ended) {
      return false;
    }
    scope = opened;
    return true;
  }

  /** It is over; gives the scope that it had. */
  synchronized @Nullable ConnectionScope end() {
    ended = true;
    ConnectionScope had = scope;
    scope = null;
    return had;
  }
}
