package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.TransactionPath;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.HeartbeatResponse;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Names;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clients that have told their settings, each for as long as one of the telemetry streams that
 * told them is open, and those that have messages renewed. Nothing else is remembered of a client:
 * what a request needs is in the request. Safe for use by any thread.
 */
final class Clients {

  /** The most telemetry streams of one connection, which balancers share among many clients. */
  static final int MAX_STREAMS_PER_CONNECTION = 1000;

  /**
   * Whom a client's id belongs to: nobody ends another's.
   *
   * @param caller who authenticated, empty where nobody does
   * @param id as the client calls itself
   */
  record Key(String caller, String id) {

    /** Tells it from all others. */
    String whole() {
      return caller.isEmpty() ? id : caller + '/' + id;
    }
  }

  private final Callers callers;
  private final Ledger ledger;
  private final Clock clock;
  private final TransactionPath checks;
  private final Consumer<String> gone;
  // A session is removed when it has neither streams nor anything renewed. What bounds it is how
  // many streams a connection may have, and how much a client may have renewed.
  private final ConcurrentHashMap<Key, ClientSession> sessions = new ConcurrentHashMap<>();
  private final GroupClients groups = new GroupClients();
  private final Questions questions = new Questions();
  private volatile BiConsumer<Call, String> left = (call, group) -> {};
  // A stream's end takes it out.
  private final ConcurrentHashMap<ConnectionScope, Integer> streams = new ConcurrentHashMap<>();

  /**
   * Knows nobody yet.
   *
   * @param gone told of clients that say that they end
   */
  Clients(
      Callers callers, Ledger ledger, Clock clock, TransactionPath checks, Consumer<String> gone) {
    this.callers = callers;
    this.ledger = ledger;
    this.clock = clock;
    this.checks = checks;
    this.gone = gone;
  }

  static HeartbeatResponse heartbeatRefused(Status status) {
    return HeartbeatResponse.newBuilder().setStatus(status).build();
  }

  static NotifyClientTerminationResponse terminationRefused(Status status) {
    return NotifyClientTerminationResponse.newBuilder().setStatus(status).build();
  }

  void heartbeat(HeartbeatRequest request, Reply<HeartbeatResponse> reply) {
    Call call = callers.current();
    Key client = call.client();
    if (request.hasGroup() && !request.getGroup().getName().isEmpty()) {
      call.mayConsumeAs(ResourceNames.group(request.getGroup()));
    }
    List<TelemetryStream> streams = heard(client);
    if (streams.isEmpty()) {
      throw new Refusal(
          Code.UNRECOGNIZED_CLIENT_TYPE,
          "client "
              + Names.shown(client.id())
              + ": no settings known (expected: a telemetry stream that tells them)");
    }
    streams.forEach(TelemetryStream::alive);
    reply.send(heartbeatRefused(Statuses.OK));
  }

  /** The streams that told the client's settings. */
  private List<TelemetryStream> heard(Key client) {
    var copy = new ArrayList<TelemetryStream>();
    sessions.computeIfPresent(
        client,
        (key, session) -> {
          session.heard(clock.nanoTime());
          copy.addAll(session.streams());
          return session;
        });
    return copy;
  }

  /**
   * The calling client has begun a transaction, which it may be asked about from now on, also where
   * its settings do not name the topic.
   */
  void publishes(Call call, Resource topic) {
    heard(call.client()).forEach(stream -> stream.publishes(topic));
  }

  /** The calling client has been told a route. */
  void routed(Call call) {
    heard(call.client()).forEach(TelemetryStream::routed);
  }

  void terminate(
      NotifyClientTerminationRequest request, Reply<NotifyClientTerminationResponse> reply) {
    Call call = callers.current();
    Key client = call.client();
    String group = "";
    if (request.hasGroup() && !request.getGroup().getName().isEmpty()) {
      group = ResourceNames.group(request.getGroup());
      call.mayConsumeAs(group);
    }
    // Its telemetry streams stay the client's to end; it is only no longer known.
    var renewals = new ArrayList<Renewal>();
    sessions.computeIfPresent(
        client,
        (key, session) -> {
          renewals.addAll(session.end());
          return null;
        });
    renewals.forEach(Renewal::close);
    gone.accept(client.whole());
    if (!group.isEmpty()) {
      left.accept(call, group);
    }
    reply.send(terminationRefused(Statuses.OK));
  }

  StreamObserver<TelemetryCommand> telemetry(ServerCallStreamObserver<TelemetryCommand> observer) {
    try {
      Call call = callers.current();
      admit(call.scope());
      var stream = new TelemetryStream(this, call, observer, checks);
      stream.start(ledger);
      return stream;
    } catch (Refusal | GatewayException refusal) {
      observer.onNext(TelemetryCommand.newBuilder().setStatus(Statuses.of(refusal)).build());
      observer.onCompleted();
      return TelemetryStream.refused();
    }
  }

  private void admit(ConnectionScope scope) {
    if (streams.merge(scope, 1, Integer::sum) > MAX_STREAMS_PER_CONNECTION) {
      leave(scope);
      throw new Refusal(
          Code.TOO_MANY_REQUESTS,
          "telemetry: more streams than "
              + MAX_STREAMS_PER_CONNECTION
              + " (the most of one connection)");
    }
  }

  private void leave(ConnectionScope scope) {
    streams.computeIfPresent(scope, (same, count) -> count == 1 ? null : count - 1);
  }

  /** The consumers among them, by their groups. */
  GroupClients groups() {
    return groups;
  }

  /** What they were asked. */
  Questions questions() {
    return questions;
  }

  /** Ends the streams of those that have told their settings, in an orderly way. */
  void leave() {
    var all = new ArrayList<TelemetryStream>();
    for (Key client : sessions.keySet()) {
      sessions.computeIfPresent(
          client,
          (key, session) -> {
            all.addAll(session.streams());
            return session;
          });
    }
    all.forEach(TelemetryStream::leave);
  }

  /** The stream has told its client's settings, perhaps again. */
  void known(TelemetryStream stream) {
    sessions.compute(
        stream.client(),
        (key, known) -> {
          ClientSession session = sessionOr(known);
          session.add(stream);
          return session;
        });
  }

  /** Has the listener told of clients of a group that say that they end. */
  void whenLeft(BiConsumer<Call, String> listener) {
    left = listener;
  }

  /** The stream has ended; called once. */
  void gone(TelemetryStream stream) {
    sessions.computeIfPresent(
        stream.client(),
        (key, session) -> {
          session.remove(stream);
          return session.isEmpty() ? null : session;
        });
    leave(stream.scope());
  }

  /** The calling client begins a receive whose messages are to be renewed. */
  Renewal renewal(Call call) {
    ConnectionScope scope = call.scope();
    Key client = call.client();
    var begun = new AtomicReference<@Nullable Renewal>();
    sessions.compute(
        client,
        (key, known) -> {
          ClientSession session = sessionOr(known);
          var renewal = new Renewal(this, client, session, scope);
          if (session.add(renewal)) {
            begun.set(renewal);
          }
          return session;
        });
    Renewal renewal = begun.get();
    if (renewal == null) {
      throw new Refusal(
          Code.TOO_MANY_REQUESTS,
          "auto_renew: more receives with messages that are not acknowledged than "
              + ClientSession.MAX_RENEWALS
              + " (the most of one client)");
    }
    return renewal;
  }

  private ClientSession sessionOr(@Nullable ClientSession known) {
    if (known == null) {
      return new ClientSession(clock.nanoTime());
    }
    known.heard(clock.nanoTime());
    return known;
  }

  /** Nothing of this receive is renewed any more. */
  void leave(Key client, ClientSession of, Renewal renewal) {
    sessions.computeIfPresent(
        client,
        (key, session) -> {
          if (session != of) {
            return session;
          }
          session.remove(renewal);
          return session.isEmpty() ? null : session;
        });
  }

  boolean isAlive(ClientSession session) {
    return session.isAlive(clock.nanoTime());
  }
}
