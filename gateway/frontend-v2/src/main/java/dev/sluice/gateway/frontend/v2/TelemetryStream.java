package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.ConnectionScope;
import dev.sluice.gateway.core.ResourceKinds;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * One open telemetry stream: answers settings with settings, and stays open until the caller or its
 * connection ends. All of it happens on the loop that serves the call.
 */
final class TelemetryStream implements StreamObserver<TelemetryCommand>, AutoCloseable {

  private final Clients clients;
  private final String clientId;
  private final ConnectionScope scope;
  private final ServerCallStreamObserver<TelemetryCommand> observer;
  private @Nullable Tracked tracked;

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
  static StreamObserver<TelemetryCommand> closed() {
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
    tracked = ledger.track(ResourceKinds.STREAM, "telemetry of " + clientId, this);
    observer.setOnCancelHandler(this::close);
    scope.adopt(this);
  }

  String clientId() {
    return clientId;
  }

  @Override
  public void onNext(TelemetryCommand command) {
    switch (command.getCommandCase()) {
      case SETTINGS -> {
        try {
          TelemetryCommand answer = ServerSettings.answer(command.getSettings());
          clients.known(this);
          observer.onNext(answer);
        } catch (Refusal refusal) {
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
    close();
  }

  @Override
  public void onCompleted() {
    close();
    if (!observer.isCancelled()) {
      observer.onCompleted();
    }
  }

  /** No longer known; the connection that it came by is closed by whoever owns it. */
  @Override
  public void close() {
    clients.gone(this);
    scope.forget(this);
    if (tracked != null) {
      tracked.close();
    }
  }
}
