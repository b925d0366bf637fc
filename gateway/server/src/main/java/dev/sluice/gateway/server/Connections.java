package dev.sluice.gateway.server;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ConnectionScope;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The callers' connections: each has a scope that is closed when the connection ends, and frontends
 * find it by the call that they serve. Calls on connections beyond the maximum are refused.
 */
final class Connections extends ServerTransportFilter
    implements ServerInterceptor, CurrentConnection {
  private static final Attributes.Key<Connection> CONNECTION =
      Attributes.Key.create("sluice-connection");
  private static final Context.Key<ConnectionScope> SCOPE = Context.key("sluice-connection-scope");

  /** Without a scope: refused, for the reason given. */
  private record Connection(@Nullable ConnectionScope scope, Status refusal) {}

  private final Gateway gateway;
  private final int maximum;
  private final AtomicInteger open = new AtomicInteger();

  Connections(Gateway gateway, int maximum) {
    this.gateway = gateway;
    this.maximum = maximum;
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    return transport.toBuilder().set(CONNECTION, connection(transport)).build();
  }

  private Connection connection(Attributes transport) {
    if (open.incrementAndGet() > maximum) {
      return new Connection(
          null,
          Status.RESOURCE_EXHAUSTED.withDescription(
              "connections: more than " + maximum + " (the most allowed; MAX_CONCURRENT sets it)"));
    }
    try {
      return new Connection(gateway.openConnection(peer(transport)), Status.OK);
    } catch (GatewayException e) {
      return new Connection(null, Status.UNAVAILABLE.withDescription(e.getMessage()));
    }
  }

  /** Without attributes where the connection ended before it spoke HTTP/2. */
  @Override
  public void transportTerminated(@Nullable Attributes transport) {
    Connection connection = transport == null ? null : transport.get(CONNECTION);
    if (connection == null) {
      return;
    }
    open.decrementAndGet();
    if (connection.scope != null) {
      connection.scope.close();
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Connection connection = call.getAttributes().get(CONNECTION);
    if (connection == null || connection.scope == null) {
      call.close(
          connection == null
              ? Status.INTERNAL.withDescription("connection: unknown")
              : connection.refusal,
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return Contexts.interceptCall(
        Context.current().withValue(SCOPE, connection.scope), call, headers, next);
  }

  @Override
  public ConnectionScope get() {
    ConnectionScope scope = SCOPE.get();
    if (scope == null) {
      throw new IllegalStateException(
          "connection: none (expected: on the thread that serves a call)");
    }
    return scope;
  }

  private static String peer(Attributes transport) {
    return transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "unknown";
  }
}
