package dev.sluice.gateway.frontend.v2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A caller's end of a telemetry stream. */
final class Telemetry implements StreamObserver<TelemetryCommand> {

  private final BlockingQueue<TelemetryCommand> commands = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final StreamObserver<TelemetryCommand> toServer;

  private Telemetry(V2Client client) {
    toServer = MessagingServiceGrpc.newStub(client.channel()).telemetry(this);
  }

  static Telemetry open(V2Client client) {
    return new Telemetry(client);
  }

  void say(TelemetryCommand command) {
    toServer.onNext(command);
  }

  /** Tells settings, and yields the answer. */
  TelemetryCommand tell(Settings settings) throws InterruptedException {
    say(TelemetryCommand.newBuilder().setSettings(settings).build());
    return next(command -> !command.hasRecoverOrphanedTransactionCommand());
  }

  /** The next command, which must come within 20 s. */
  TelemetryCommand next() throws InterruptedException {
    TelemetryCommand command = commands.poll(20, TimeUnit.SECONDS);
    assertThat(command).as("a command within 20 s; the stream's end: %s", end).isNotNull();
    return command;
  }

  /** The next command of this kind, others passed over. */
  TelemetryCommand next(Predicate<TelemetryCommand> kind) throws InterruptedException {
    TelemetryCommand command = next();
    while (!kind.test(command)) {
      command = next();
    }
    return command;
  }

  boolean isOpen() {
    return !end.isDone();
  }

  void complete() {
    toServer.onCompleted();
  }

  /** How the stream ended, which must be within 20 s. */
  Status end() throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void onNext(TelemetryCommand command) {
    commands.add(command);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }
}
