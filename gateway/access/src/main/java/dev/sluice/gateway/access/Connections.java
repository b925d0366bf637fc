package dev.sluice.gateway.access;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Permit;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.lifecycle.Clock;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The callers' connections: each has a scope that is closed when the connection ends, and frontends
 * find it by the call that they serve. Calls beyond the limits, and calls of callers that nobody
 * knows, are refused with a status that says why.
 */
public final class Connections extends ServerTransportFilter
    implements ServerInterceptor, CurrentConnection {
  private static final Attributes.Key<CallerConnection> CONNECTION =
      Attributes.Key.create("sluice-connection");
  private static final Context.Key<ConnectionScope> SCOPE = Context.key("sluice-connection-scope");
  private static final Context.Key<GatewayException> REFUSAL = Context.key("sluice-refusal");

  private final Gateway gateway;
  private final ConnectionLimits limits;
  private final Doors doors;
  private final FailureLog failures;
  private final AtomicInteger entered = new AtomicInteger();
  private final AddressCounts addresses;
  // A connection leaves when it ends; bounded by the limit of connections.
  private final Set<CallerConnection> connections = ConcurrentHashMap.newKeySet();

  /**
   * Connections of callers of a gateway.
   *
   * @param doors who may come in
   */
  public Connections(Gateway gateway, ConnectionLimits limits, Doors doors, Clock clock) {
    this.gateway = gateway;
    this.limits = limits;
    this.doors = doors;
    this.failures = new FailureLog(clock);
    this.addresses = new AddressCounts(limits.perAddress());
  }

  @Override
  public Attributes transportReady(Attributes transport) {
    SocketAddress remote = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    CallerConnection connection =
        new CallerConnection(peer(remote), AddressCounts.origin(remote), limits.streams());
    try {
      enter(connection);
    } catch (GatewayException e) {
      // Its calls are told; they get in once others have left.
    }
    return transport.toBuilder().set(CONNECTION, connection).build();
  }

  /** The connection's scope, opened if that is within the limits. */
  private ConnectionScope enter(CallerConnection connection) {
    ConnectionScope scope = connection.scope();
    if (scope != null) {
      return scope;
    }
    if (entered.incrementAndGet() > limits.connections()) {
      entered.decrementAndGet();
      throw refused(
          "connections: more than "
              + limits.connections()
              + " (the most allowed; MAX_CONCURRENT"
              + " sets it)");
    }
    if (!addresses.enter(connection.origin())) {
      entered.decrementAndGet();
      throw refused(
          "connections of "
              + connection.origin()
              + ": more than "
              + limits.perAddress()
              + " (the most allowed; MAX_CONNECTIONS_PER_ADDRESS sets it)");
    }
    ConnectionScope opened =
        gateway.openConnection(
            connection.peer(),
            Quota.of(
                "sessions of this connection", limits.sessions(), "MAX_SESSIONS_PER_CONNECTION"));
    if (connection.enter(opened)) {
      connections.add(connection);
      return opened;
    }
    leave(connection, opened);
    throw GatewayException.unavailable("connection: has ended", null);
  }

  private GatewayException refused(String why) {
    gateway.metrics().increment(Counter.CONNECTIONS_REFUSED);
    return GatewayException.overloaded(why);
  }

  private void leave(CallerConnection connection, ConnectionScope scope) {
    connections.remove(connection);
    addresses.leave(connection.origin());
    entered.decrementAndGet();
    scope.close();
  }

  /** Without attributes where the connection ended before it spoke HTTP/2. */
  @Override
  public void transportTerminated(@Nullable Attributes transport) {
    CallerConnection connection = transport == null ? null : transport.get(CONNECTION);
    ConnectionScope scope = connection == null ? null : connection.end();
    if (connection != null && scope != null) {
      leave(connection, scope);
    }
  }

  /** Ends what somebody has on any connection; for those whose key is no longer good. */
  public void end(Caller caller) {
    for (CallerConnection connection : connections) {
      ConnectionScope scope = connection.scope();
      if (scope != null) {
        scope.end(caller);
      }
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    CallerConnection connection = call.getAttributes().get(CONNECTION);
    if (connection == null) {
      return ended(call, Status.INTERNAL.withDescription("connection: unknown"));
    }
    String service = String.valueOf(call.getMethodDescriptor().getServiceName());
    if (doors.unlimited().contains(service)) {
      return next.startCall(call, headers);
    }
    try {
      ConnectionScope scope = enter(connection);
      boolean open = isOpen(call);
      Authenticator answering = doors.ownAnswers().get(service);
      if (!open) {
        try {
          scope = part(scope, headers, answering == null ? doors.authenticator() : answering);
        } catch (GatewayException e) {
          if (answering == null) {
            throw e;
          }
          count(connection, e);
          Context refused = Context.current().withValue(REFUSAL, e);
          return Contexts.interceptCall(refused, call, headers, next);
        }
      }
      Context context = Context.current().withValue(SCOPE, scope);
      if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
        return Contexts.interceptCall(context, call, headers, next);
      }
      Permit permit =
          open ? connection.openStreams().take() : streamPermit(connection, scope.caller());
      return stream(permit, context, call, headers, next);
    } catch (GatewayException e) {
      return refuse(call, connection, e);
    }
  }

  private static <Q, A> ServerCall.Listener<Q> stream(
      Permit permit,
      Context context,
      ServerCall<Q, A> call,
      Metadata headers,
      ServerCallHandler<Q, A> next) {
    boolean begun = false;
    try {
      var listener =
          new PermitListener<>(Contexts.interceptCall(context, call, headers, next), permit);
      begun = true;
      return listener;
    } finally {
      if (!begun) {
        permit.close();
      }
    }
  }

  private boolean isOpen(ServerCall<?, ?> call) {
    return doors.open().contains(call.getMethodDescriptor().getServiceName())
        || doors.open().contains(call.getMethodDescriptor().getFullMethodName());
  }

  /** The part of the connection that the caller of these headers has. */
  private static ConnectionScope part(
      ConnectionScope connection, Metadata headers, Authenticator authenticator) {
    Caller caller = authenticator.authenticate(headers);
    ConnectionScope part = connection.of(caller);
    // Asked again now that the connection knows it: whoever ends callers finds it there.
    if (!authenticator.accepts(caller)) {
      connection.end(caller);
      throw new GatewayException(
          ErrorCategory.UNAUTHENTICATED,
          GatewayException.Subject.NONE,
          "caller: no longer known (expected: one that is)");
    }
    caller.charge(1);
    return part;
  }

  private static Permit streamPermit(CallerConnection connection, Caller caller) {
    Permit ofConnection = connection.streams().take();
    try {
      return ofConnection.and(caller.streams().take());
    } catch (GatewayException e) {
      ofConnection.close();
      throw e;
    }
  }

  private <Q> ServerCall.Listener<Q> refuse(
      ServerCall<Q, ?> call, CallerConnection connection, GatewayException why) {
    count(connection, why);
    Status status =
        switch (why.category()) {
          case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
          case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
          default -> Status.UNAVAILABLE;
        };
    return ended(call, status.withDescription(why.getMessage()));
  }

  private void count(CallerConnection connection, GatewayException why) {
    if (why.category() == ErrorCategory.UNAUTHENTICATED) {
      gateway.metrics().increment(Counter.AUTHENTICATION_FAILURES);
      failures.refused(connection.peer(), why.getMessage());
    } else if (why.category() == ErrorCategory.OVERLOADED) {
      gateway.metrics().increment(Counter.CALLS_OVER_LIMIT);
    }
  }

  private static <Q> ServerCall.Listener<Q> ended(ServerCall<Q, ?> call, Status status) {
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  @Override
  public ConnectionScope get() {
    GatewayException refusal = REFUSAL.get();
    if (refusal != null) {
      throw refusal;
    }
    ConnectionScope scope = SCOPE.get();
    if (scope == null) {
      throw new IllegalStateException(
          "connection: none (expected: on the thread that serves a call)");
    }
    return scope;
  }

  /** Whether there are no connections. */
  boolean isIdle() {
    return connections.isEmpty() && entered.get() == 0 && addresses.isEmpty();
  }

  private static String peer(@Nullable SocketAddress remote) {
    return remote instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress() + ":" + address.getPort()
        : "unknown";
  }
}
