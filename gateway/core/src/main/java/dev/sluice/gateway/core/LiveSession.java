package dev.sluice.gateway.core;

import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Permit;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Dependent;
import dev.sluice.lifecycle.Tracked;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A session as {@link LiveSessions} keeps it: owns its lease and its permit, and gives both back
 * once, when it is closed, which its connection does at the latest.
 */
abstract class LiveSession implements AutoCloseable, Dependent {

  /**
   * What a session is made with.
   *
   * @param scope the connection that it ends with
   * @param id what its caller calls it by
   * @param owner the {@link dev.sluice.gateway.upstreams.Caller#name} that the id was made for
   * @param lease of its upstream; the session's from now on
   * @param permit to have it; the session's from now on
   * @param ended called once, first of all, when it is closed
   */
  record Basis(
      ConnectionScope scope,
      String id,
      String owner,
      UpstreamLease lease,
      Permit permit,
      Consumer<LiveSession> ended) {}

  private final Instance instance;
  private final Basis basis;
  private final Counter live;
  private final Tracked tracked;
  private final AtomicBoolean open = new AtomicBoolean(true);

  /**
   * Makes one that is open.
   *
   * @param kind what the ledger calls it
   * @param live counts those of its kind
   */
  LiveSession(Instance instance, Basis basis, String kind, Counter live) {
    this.instance = instance;
    this.basis = basis;
    this.live = live;
    this.tracked = instance.ledger().track(kind, basis.scope.peer(), this);
    instance.metrics().increment(live);
  }

  /**
   * Has its connection close it. It may have been closed before this, by somebody who cleaned its
   * id up: then the connection must not keep it.
   */
  final void begin() {
    basis.scope.adopt(this);
    if (!isOpen()) {
      basis.scope.forget(this);
    }
  }

  final boolean isOpen() {
    return open.get();
  }

  final Instance instance() {
    return instance;
  }

  public final String id() {
    return basis.id;
  }

  final String owner() {
    return basis.owner;
  }

  final ConnectionScope scope() {
    return basis.scope;
  }

  public final UpstreamLease lease() {
    return basis.lease;
  }

  /** Ends what was opened through it; called once, after {@link #isOpen} became false. */
  abstract void endStreams();

  @Override
  public final boolean isOrphan() {
    return !basis.scope.isOpen();
  }

  @Override
  public final void release() {
    close();
  }

  @Override
  public final void close() {
    if (!open.compareAndSet(true, false)) {
      return;
    }
    try {
      basis.ended.accept(this);
      basis.scope.forget(this);
      endStreams();
    } finally {
      basis.lease.close();
      basis.permit.close();
      instance.metrics().decrement(live);
      tracked.close();
    }
  }
}
