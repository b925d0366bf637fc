package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.TransactionPath;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open telemetry stream: answers settings with settings, asks about orphaned transactions, and
 * stays open until the caller ends it or the scope of its connection is closed. The caller's side
 * comes on the loop that serves the call, the scope's end on any thread: both take their turn, one
 * after the other, without a lock.
 */
final class TelemetryStream implements StreamObserver<TelemetryCommand>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TelemetryStream.class);

  private final Clients clients;
  private final Call call;
  private final ServerCallStreamObserver<TelemetryCommand> observer;
  private final SynchronizationContext turns =
      new SynchronizationContext(
          (thread, failure) -> LOG.error("A telemetry stream's turn threw", failure));
  private final OrphanChecks checks;
  private @Nullable Tracked tracked;
  private GroupClients.@Nullable Told consumes;
  // A client that has not sent a heartbeat yet may be about to wait for its first settings.
  private boolean starting = true;
  // Not kept beyond that time, as it may be large.
  private @Nullable TelemetryCommand toldLast;
  private boolean open = true;
  private boolean asked;
  private boolean answering;
  // The first command comes with the call, which is charged as one.
  private boolean charged;

  TelemetryStream(
      Clients clients,
      Call call,
      ServerCallStreamObserver<TelemetryCommand> observer,
      TransactionPath checks) {
    this.clients = clients;
    this.call = call;
    this.observer = observer;
    this.checks = new OrphanChecks(checks, call, turns, observer::isReady, this::command);
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
        () ->
            tracked = ledger.track(ResourceKinds.STREAM, "telemetry of " + call.clientId(), this));
    observer.setOnCancelHandler(() -> turns.execute(this::end));
    observer.setOnReadyHandler(
        () -> {
          checks.resume();
          turns.execute(this::askForNext);
        });
    observer.disableAutoRequest();
    turns.execute(this::askForNext);
    scope().adopt(this);
  }

  Clients.Key client() {
    return call.client();
  }

  ConnectionScope scope() {
    return call.scope();
  }

  /** The client may be asked about transactions of this topic too. */
  void publishes(Resource topic) {
    String name = ResourceNames.topic(topic);
    if (!checks.covers(name)) {
      turns.execute(() -> publishes(Map.of(name, topic)));
    }
  }

  private void publishes(Map<String, Resource> topics) {
    if (open) {
      checks.publishes(topics);
    }
  }

  /** The client has said that it lives. */
  void alive() {
    turns.execute(
        () -> {
          publishes(Map.of());
          tellAgain();
          starting = false;
          toldLast = null;
        });
  }

  /**
   * The client has got a route. Some begin to wait for settings only when they have the routes of
   * all their topics, and open this stream at the first one: they would wait for what has passed
   * them by.
   */
  void routed() {
    turns.execute(this::tellAgain);
  }

  private void tellAgain() {
    if (toldLast != null && !answering && observer.isReady()) {
      command(toldLast);
    }
  }

  /** In this stream's turns; passed over once the stream is over. */
  private void command(TelemetryCommand command) {
    if (open) {
      observer.onNext(command);
    }
  }

  /** Answers pile up where a caller does not read them: until it does, nothing more is read. */
  private void askForNext() {
    if (open && !asked && !answering && observer.isReady()) {
      asked = true;
      observer.request(1);
    }
  }

  @Override
  public void onNext(TelemetryCommand command) {
    turns.execute(
        () -> {
          asked = false;
          take(command);
          askForNext();
        });
  }

  private void take(TelemetryCommand command) {
    if (!open) {
      return;
    }
    try {
      call.caller().charge(charged ? 1 : 0);
      charged = true;
      obey(command);
    } catch (Refusal | GatewayException refusal) {
      refuse(refusal);
    }
  }

  private void obey(TelemetryCommand command) {
    switch (command.getCommandCase()) {
      case SETTINGS -> settings(command.getSettings());
      case THREAD_STACK_TRACE ->
          clients.questions().answered(client(), command.getThreadStackTrace().getNonce(), command);
      case VERIFY_MESSAGE_RESULT ->
          clients
              .questions()
              .answered(client(), command.getVerifyMessageResult().getNonce(), command);
      // What only servers say.
      case RECOVER_ORPHANED_TRANSACTION_COMMAND,
          PRINT_THREAD_STACK_TRACE_COMMAND,
          VERIFY_MESSAGE_COMMAND,
          RECONNECT_ENDPOINTS_COMMAND,
          NOTIFY_UNSUBSCRIBE_LITE_COMMAND,
          COMMAND_NOT_SET -> {}
    }
  }

  private void settings(Settings told) {
    ServerSettings.check(told, call);
    clients.known(this);
    GroupClients.Told before = consumes;
    consumes = told.hasSubscription() ? GroupClients.Told.of(this, told) : null;
    if (consumes != null) {
      clients.groups().join(consumes);
    }
    if (before != null && (consumes == null || !before.group().equals(consumes.group()))) {
      clients.groups().leave(before);
    }
    if (told.hasSubscription()) {
      answering = true;
      call.lease()
          .group(ResourceNames.group(told.getSubscription().getGroup()), new ToConsumer(told));
    } else {
      tell(ServerSettings.toProducer(told));
      checks.publishes(ServerSettings.published(told));
    }
  }

  private void tell(TelemetryCommand settings) {
    toldLast = starting ? settings : null;
    command(settings);
  }

  private void leaveGroup() {
    if (consumes != null) {
      clients.groups().leave(consumes);
      consumes = null;
    }
  }

  /** Whether the client takes more; as far as can be known, on any thread. */
  boolean isReady() {
    return observer.isReady();
  }

  /** Gives the client a command, in its turn. */
  void ask(TelemetryCommand command) {
    turns.execute(() -> command(command));
  }

  private void refuse(Throwable refusal) {
    command(TelemetryCommand.newBuilder().setStatus(Statuses.of(refusal)).build());
  }

  /** In this stream's turns. */
  private void answered() {
    answering = false;
    askForNext();
  }

  /** Answers a consumer's settings once its group is known. */
  private final class ToConsumer implements Completion<ConsumerGroup> {
    private final Settings told;

    ToConsumer(Settings told) {
      this.told = told;
    }

    @Override
    public void done(ConsumerGroup group) {
      turns.execute(
          () -> {
            tell(ServerSettings.toConsumer(told, group));
            answered();
          });
    }

    @Override
    public void failed(GatewayException failure) {
      turns.execute(
          () -> {
            refuse(failure);
            answered();
          });
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

  /**
   * The gateway is about to stop: an orderly end, after which clients open their stream anew, on
   * another connection as this one takes no more calls.
   */
  void leave() {
    onCompleted();
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
    checks.close();
    leaveGroup();
    clients.gone(this);
    scope().forget(this);
    if (tracked != null) {
      tracked.close();
    }
  }
}
