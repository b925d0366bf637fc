package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.ConnectionScope;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.HeartbeatResponse;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.lifecycle.Ledger;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The clients that have told their settings, each for as long as one of its telemetry streams is
 * open: the stream's end removes it, and connections bound how many streams there are.
 */
final class Clients {

  private final Ledger ledger;
  private final CurrentConnection connection;
  private final ConcurrentHashMap<String, TelemetryStream> byId = new ConcurrentHashMap<>();

  Clients(Ledger ledger, CurrentConnection connection) {
    this.ledger = ledger;
    this.connection = connection;
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
      Names.group(request.getGroup());
    }
    if (!byId.containsKey(clientId)) {
      throw new Refusal(
          Code.UNRECOGNIZED_CLIENT_TYPE,
          "client "
              + clientId
              + ": no settings known (expected: a telemetry stream that tells them)");
    }
    reply.send(heartbeatRefused(Statuses.OK));
  }

  void terminate(
      NotifyClientTerminationRequest request, Reply<NotifyClientTerminationResponse> reply) {
    String clientId = CallerIdentity.clientId();
    if (request.hasGroup() && !request.getGroup().getName().isEmpty()) {
      Names.group(request.getGroup());
    }
    // Its telemetry stream stays the client's to end; it is only no longer known.
    byId.remove(clientId);
    reply.send(terminationRefused(Statuses.OK));
  }

  StreamObserver<TelemetryCommand> telemetry(ServerCallStreamObserver<TelemetryCommand> observer) {
    String clientId;
    try {
      clientId = CallerIdentity.clientId();
    } catch (Refusal refusal) {
      observer.onNext(TelemetryCommand.newBuilder().setStatus(Statuses.of(refusal)).build());
      observer.onCompleted();
      return TelemetryStream.closed();
    }
    ConnectionScope scope = connection.get();
    var stream = new TelemetryStream(this, clientId, scope, observer);
    stream.start(ledger);
    return stream;
  }

  /** Known from now on; of several streams of one client the newest counts. */
  void known(TelemetryStream stream) {
    byId.put(stream.clientId(), stream);
  }

  void gone(TelemetryStream stream) {
    byId.remove(stream.clientId(), stream);
  }
}
