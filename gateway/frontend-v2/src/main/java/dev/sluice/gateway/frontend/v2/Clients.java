package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.HeartbeatResponse;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.Names;
import dev.sluice.lifecycle.Ledger;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The clients that have told their settings, each for as long as one of the telemetry streams that
 * told them is open. Safe for use by any thread.
 */
final class Clients {

  /** The most telemetry streams of one connection, which balancers share among many clients. */
  static final int MAX_STREAMS_PER_CONNECTION = 1000;

  private final Ledger ledger;
  private final CurrentConnection connection;
  private final OrphanChecks.Source checks;
  private final Consumer<String> gone;
  // The sets are only touched while the map holds their key. A stream's end takes it out of both
  // maps; what bounds them is how many streams a connection may have.
  private final ConcurrentHashMap<String, Set<TelemetryStream>> byId = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<ConnectionScope, Integer> streams = new ConcurrentHashMap<>();

  /**
   * Knows nobody yet.
   *
   * @param gone told of clients that say that they end
   */
  Clients(
      Ledger ledger,
      CurrentConnection connection,
      OrphanChecks.Source checks,
      Consumer<String> gone) {
    this.ledger = ledger;
    this.connection = connection;
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
    String clientId = CallerIdentity.clientId();
    if (request.hasGroup() && !request.getGroup().getName().isEmpty()) {
      ResourceNames.group(request.getGroup());
    }
    List<TelemetryStream> known = streamsOf(clientId);
    if (known.isEmpty()) {
      throw new Refusal(
          Code.UNRECOGNIZED_CLIENT_TYPE,
          "client "
              + Names.shown(clientId)
              + ": no settings known (expected: a telemetry stream that tells them)");
    }
    known.forEach(TelemetryStream::alive);
    reply.send(heartbeatRefused(Statuses.OK));
  }

  /** Ids are what clients call themselves: nobody may speak for another caller's. */
  private List<TelemetryStream> streamsOf(String clientId) {
    Caller caller = connection.get().caller();
    var copy = new ArrayList<TelemetryStream>();
    byId.computeIfPresent(
        clientId,
        (id, known) -> {
          known.stream().filter(stream -> stream.isOf(caller)).forEach(copy::add);
          return known;
        });
    return copy;
  }

  /**
   * The client has begun a transaction, which it may be asked about from now on, also where its
   * settings do not name the topic.
   */
  void publishes(String clientId, Resource topic) {
    streamsOf(clientId).forEach(stream -> stream.publishes(topic));
  }

  void terminate(
      NotifyClientTerminationRequest request, Reply<NotifyClientTerminationResponse> reply) {
    String clientId = CallerIdentity.clientId();
    if (request.hasGroup() && !request.getGroup().getName().isEmpty()) {
      ResourceNames.group(request.getGroup());
    }
    // Its telemetry streams stay the client's to end; it is only no longer known.
    Caller caller = connection.get().caller();
    var ends = new AtomicBoolean();
    byId.computeIfPresent(
        clientId,
        (id, known) -> {
          known.removeIf(stream -> stream.isOf(caller));
          ends.set(known.isEmpty());
          return known.isEmpty() ? null : known;
        });
    if (ends.get()) {
      gone.accept(clientId);
    }
    reply.send(terminationRefused(Statuses.OK));
  }

  StreamObserver<TelemetryCommand> telemetry(ServerCallStreamObserver<TelemetryCommand> observer) {
    try {
      String clientId = CallerIdentity.clientId();
      ConnectionScope scope = connection.get();
      admit(scope);
      var stream = new TelemetryStream(this, clientId, scope, observer, checks);
      stream.start(ledger);
      return stream;
    } catch (Refusal refusal) {
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

  /** The stream has told its client's settings, perhaps again. */
  void known(TelemetryStream stream) {
    byId.compute(
        stream.clientId(),
        (id, known) -> {
          Set<TelemetryStream> all = known == null ? new HashSet<>() : known;
          all.add(stream);
          return all;
        });
  }

  /** The stream has ended; called once. */
  void gone(TelemetryStream stream) {
    byId.computeIfPresent(
        stream.clientId(),
        (id, known) -> {
          known.remove(stream);
          return known.isEmpty() ? null : known;
        });
    leave(stream.scope());
  }
}
