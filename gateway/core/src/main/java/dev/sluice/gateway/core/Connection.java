package dev.sluice.gateway.core;

import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Tracked;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scope of one connection. */
final class Connection implements ConnectionScope {

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final Instance instance;
  private final String peer;
  private final Consumer<Connection> closed;
  private final Tracked tracked;
  // What is adopted forgets itself when it is closed.
  private final Set<AutoCloseable> adopted = ConcurrentHashMap.newKeySet();
  private volatile boolean open = true;

  Connection(Instance instance, String peer, Consumer<Connection> closed) {
    this.instance = instance;
    this.peer = peer;
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
  public boolean isOpen() {
    return open;
  }

  @Override
  public void adopt(AutoCloseable resource) {
    adopted.add(resource);
    if (!open && adopted.remove(resource)) {
      end(resource);
    }
  }

  @Override
  public void forget(AutoCloseable resource) {
    adopted.remove(resource);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (!open) {
        return;
      }
      open = false;
    }
    for (AutoCloseable resource : List.copyOf(adopted)) {
      if (adopted.remove(resource)) {
        end(resource);
      }
    }
    instance.metrics().decrement(Counter.ACTIVE_CONNECTIONS);
    tracked.close();
    closed.accept(this);
  }

  /** One that fails to close must not keep the others open. */
  private void end(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.warn("{} does not close: {}", resource, e.toString(), e);
    }
  }
}
