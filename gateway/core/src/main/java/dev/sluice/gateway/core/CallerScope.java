package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Permit;
import java.util.Set;

/** The part of a connection that one caller has. */
final class CallerScope implements ConnectionScope {

  private final Connection connection;
  private final Caller caller;
  private final Adopted adopted = new Adopted();

  CallerScope(Connection connection, Caller caller) {
    this.connection = connection;
    this.caller = caller;
  }

  @Override
  public String peer() {
    return connection.peer();
  }

  @Override
  public Caller caller() {
    return caller;
  }

  @Override
  public ConnectionScope of(Caller other) {
    return connection.of(other);
  }

  @Override
  public void end(Caller other) {
    connection.end(other);
  }

  @Override
  public Permit session() {
    Permit ofConnection = connection.session();
    try {
      return ofConnection.and(caller.sessions().take());
    } catch (GatewayException e) {
      ofConnection.close();
      throw e;
    }
  }

  @Override
  public boolean isOpen() {
    return adopted.isOpen() && connection.isOpen();
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
      connection.forget(this);
    }
  }

  @Override
  public String toString() {
    return "part of " + peer() + " that " + caller.name() + " has";
  }
}
