package dev.sluice.gateway.core;

import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Permit;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Tracked;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/** The scope of one connection. Not final: tests have something happen while it adopts. */
class Connection implements ConnectionScope {

  private final Instance instance;
  private final String peer;
  private final Quota sessions;
  private final Consumer<Connection> closed;
  private final Tracked tracked;
  private final Adopted adopted = new Adopted();
  // A part removes itself when it is closed, at the latest with this; bounded by how many callers
  // are known.
  private final ConcurrentMap<Caller, CallerScope> parts = new ConcurrentHashMap<>();

  Connection(Instance instance, String peer, Quota sessions, Consumer<Connection> closed) {
    this.instance = instance;
    this.peer = peer;
    this.sessions = sessions;
    this.closed = closed;
    this.tracked = instance.ledger().track(ResourceKinds.CONNECTION, peer, this);
    instance.metrics().increment(Counter.CONNECTIONS_OPENED);
    instance.metrics().increment(Counter.ACTIVE_CONNECTIONS);
  }

  @Override
  public String peer() {
    return peer;
  }

  @Override
  public Caller caller() {
    return Caller.ANYONE;
  }

  @Override
  public ConnectionScope of(Caller caller) {
    if (caller.equals(Caller.ANYONE)) {
      return this;
    }
    CallerScope part = parts.get(caller);
    if (part != null) {
      return part;
    }
    part = parts.computeIfAbsent(caller, who -> new CallerScope(this, who));
    adopt(part);
    if (!part.isOpen()) {
      // It was ended in between: this must not keep it.
      forget(part);
    }
    return part;
  }

  void forget(CallerScope part) {
    parts.remove(part.caller(), part);
    adopted.remove(part);
  }

  @Override
  public void end(Caller caller) {
    CallerScope part = parts.get(caller);
    if (part != null) {
      part.close();
    }
  }

  @Override
  public Permit session() {
    return sessions.take();
  }

  @Override
  public boolean isOpen() {
    return adopted.isOpen();
  }

  /** What it would close now. */
  Set<AutoCloseable> adopted() {
    return adopted.now();
  }

  @Override
  public void adopt(AutoCloseable resource) {
    adopted.add(resource);
  }

  @Override
  public void forget(AutoCloseable resource) {
    adopted.remove(resource);
  }

  @Override
  public void close() {
    if (adopted.close()) {
      instance.metrics().decrement(Counter.ACTIVE_CONNECTIONS);
      tracked.close();
      closed.accept(this);
    }
  }
}
