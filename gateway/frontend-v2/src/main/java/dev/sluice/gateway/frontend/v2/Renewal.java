package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.ResourceScope;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one receive has renewed for its client: from the receive's beginning until nothing of it is
 * held. Ends with the connection that it came by, with the client's termination, and when the
 * client is not heard of any more.
 */
final class Renewal implements ResourceScope, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

  private final Clients clients;
  private final Clients.Key client;
  private final ClientSession session;
  private final ConnectionScope connection;
  private final AtomicReference<@Nullable AutoCloseable> held = new AtomicReference<>();

  Renewal(Clients clients, Clients.Key client, ClientSession session, ConnectionScope connection) {
    this.clients = clients;
    this.client = client;
    this.session = session;
    this.connection = connection;
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen() && clients.isAlive(session);
  }

  @Override
  public void adopt(AutoCloseable resource) {
    held.set(resource);
    connection.adopt(this);
    if (session.isOver()) {
      close();
    }
  }

  @Override
  public void forget(AutoCloseable resource) {
    held.set(null);
    leave();
  }

  /** The receive has ended; nothing is adopted from now on. */
  void settle() {
    if (held.get() == null) {
      leave();
    }
  }

  @Override
  public void close() {
    AutoCloseable resource = held.getAndSet(null);
    leave();
    if (resource == null) {
      return;
    }
    try {
      resource.close();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.warn("What was renewed for {} is not handed back: {}", client.id(), e.toString(), e);
    }
  }

  private void leave() {
    connection.forget(this);
    clients.leave(client, session, this);
  }
}
