package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open telemetry stream: answers settings with settings, and stays open until the caller ends
 * it or the scope of its connection is closed. The caller's side comes on the loop that serves the
 * call, the scope's end on any thread: both take their turn, one after the other, without a lock.
 */
final class TelemetryStream implements StreamObserver<TelemetryCommand>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TelemetryStream.class);

  private final Clients clients;
  private final String clientId;
  private final ConnectionScope scope;
  private final ServerCallStreamObserver<TelemetryCommand> observer;
  private final SynchronizationContext turns =
      new SynchronizationContext(
          (thread, failure) -> LOG.error("A telemetry stream's turn threw", failure));
  private @Nullable Tracked tracked;
  private boolean open = true;

  TelemetryStream(
      Clients clients,
      String clientId,
      ConnectionScope scope,
      ServerCallStreamObserver<TelemetryCommand> observer) {
    this.clients = clients;
    this.clientId = clientId;
    this.scope = scope;
    this.observer = observer;
  }

  /** What a refused stream's caller may still say goes nowhere. */
  static StreamObserver<TelemetryCommand> refused() {
    return new StreamObserver<>() {
      @Override
      public void onNext(TelemetryCommand command) {}

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {}
    };
  }

  void start(Ledger ledger) {
    turns.execute(
        () -> tracked = ledger.track(ResourceKinds.STREAM, "telemetry of " + clientId, this));
    observer.setOnCancelHandler(() -> turns.execute(this::end));
    scope.adopt(this);
  }

  String clientId() {
    return clientId;
  }

  ConnectionScope scope() {
    return scope;
  }

  @Override
  public void onNext(TelemetryCommand command) {
    turns.execute(() -> take(command));
  }

  private void take(TelemetryCommand command) {
    if (!open) {
      return;
    }
    switch (command.getCommandCase()) {
      case SETTINGS -> {
        try {
          TelemetryCommand answer = ServerSettings.answer(command.getSettings());
          clients.known(this);
          observer.onNext(answer);
        } catch (Refusal | GatewayException refusal) {
          observer.onNext(TelemetryCommand.newBuilder().setStatus(Statuses.of(refusal)).build());
        }
      }
      // Answers to commands that this server does not give yet, and what only servers say.
      case THREAD_STACK_TRACE,
          VERIFY_MESSAGE_RESULT,
          RECOVER_ORPHANED_TRANSACTION_COMMAND,
          PRINT_THREAD_STACK_TRACE_COMMAND,
          VERIFY_MESSAGE_COMMAND,
          RECONNECT_ENDPOINTS_COMMAND,
          NOTIFY_UNSUBSCRIBE_LITE_COMMAND,
          COMMAND_NOT_SET -> {}
    }
  }

  @Override
  public void onError(Throwable failure) {
    turns.execute(this::end);
  }

  @Override
  public void onCompleted() {
    turns.execute(
        () -> {
          if (open) {
            end();
            observer.onCompleted();
          }
        });
  }

  /** The scope's end: the caller, if it is still there, learns that it has to connect anew. */
  @Override
  public void close() {
    turns.execute(
        () -> {
          if (open) {
            end();
            observer.onError(
                Status.UNAVAILABLE
                    .withDescription("telemetry: the gateway has ended this connection")
                    .asRuntimeException());
          }
        });
  }

  /** Gives up everything. Idempotent. */
  private void end() {
    if (!open) {
      return;
    }
    open = false;
    clients.gone(this);
    scope.forget(this);
    if (tracked != null) {
      tracked.close();
    }
  }
}
