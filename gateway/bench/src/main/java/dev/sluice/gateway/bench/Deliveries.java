package dev.sluice.gateway.bench;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CleanupConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyStub;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer on a connection: tells the lanes what came, and acknowledges it. A stream that breaks
 * is opened again. Set up and closed by one thread; everything else is on the connection's event
 * loop.
 */
final class Deliveries {
  private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

  /** How many messages the stream may bring before it is told to go on. */
  private static final int AHEAD = 256;

  private static final long REOPEN_MILLIS = 500;

  private final Connection connection;
  private final String run;
  private final String consumerId;
  private final Tracked tracked;
  private final RocketMQProxyStub calls;
  private final CompletableFuture<Void> opened = new CompletableFuture<>();
  private volatile @Nullable Receivers receivers;
  private volatile boolean closing;
  private @Nullable ClientCall<ReceiveMessagesRequest, Message> stream;
  private final AtomicInteger acknowledging = new AtomicInteger();
  private volatile @Nullable CompletableFuture<Void> idle;

  /** Where messages go to. */
  record Receivers(List<Lane> lanes, Recordings recordings) {}

  private Deliveries(Connection connection, String run, String consumerId, Ledger ledger) {
    this.connection = connection;
    this.run = run;
    this.consumerId = consumerId;
    this.tracked = ledger.track("bench consumer", "bench", this);
    this.calls = connection.calls();
  }

  /** Makes a consumer of what is sent from now on, or of what the group has left. Blocks. */
  static Deliveries create(
      Connection connection, String topic, String group, String run, Ledger ledger)
      throws StatusException, RefusedException {
    CreateConsumerResponse made =
        connection
            .waiting(Connection.CALL_TIME)
            .createConsumer(
                CreateConsumerRequest.newBuilder()
                    .setTopic(topic)
                    .setGroupId(group)
                    .setStartPosition(StartPosition.LATEST)
                    .build());
    RefusedException.check(made.getSuccess(), made.getFailureCode(), made.getMessage());
    return new Deliveries(connection, run, made.getConsumerId(), ledger);
  }

  /**
   * Opens the stream. Done when the gateway says that nothing is passed over any more; fails with
   * {@link StatusException} when the stream ends before.
   */
  CompletionStage<Void> open() {
    connection.loop().execute(this::openStream);
    return opened.minimalCompletionStage();
  }

  /** From now on messages go to these. */
  void deliverTo(Receivers next) {
    receivers = next;
  }

  private void openStream() {
    if (closing) {
      return;
    }
    ClientCall<ReceiveMessagesRequest, Message> call =
        connection
            .channel()
            .newCall(RocketMQProxyGrpc.getReceiveMessagesMethod(), CallOptions.DEFAULT);
    stream = call;
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onHeaders(Metadata headers) {
            opened.complete(null);
          }

          @Override
          public void onMessage(Message message) {
            long at = System.nanoTime();
            call.request(1);
            received(message, at);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            ended(status);
          }
        },
        new Metadata());
    call.request(AHEAD);
    call.sendMessage(ReceiveMessagesRequest.newBuilder().setConsumerId(consumerId).build());
    call.halfClose();
  }

  private void received(Message message, long at) {
    acknowledge(message.getReceiptHandle());
    Receivers now = receivers;
    Mark mark = Mark.read(message.getPropertiesOrDefault(Mark.PROPERTY, ""), run);
    if (now != null && mark != null && mark.connection() < now.lanes.size()) {
      now.lanes.get(mark.connection()).delivered(mark.sequence(), at);
    }
  }

  private void ended(Status status) {
    if (closing) {
      return;
    }
    if (opened.completeExceptionally(status.asException())) {
      return;
    }
    failed("receive", status.getCode().name(), String.valueOf(status.getDescription()));
    var _ = connection.loop().schedule(this::openStream, REOPEN_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void acknowledge(String handle) {
    acknowledging.incrementAndGet();
    calls.ackMessage(
        AckMessageRequest.newBuilder().setConsumerId(consumerId).setReceiptHandle(handle).build(),
        new StreamObserver<>() {
          @Override
          public void onNext(AckMessageResponse answer) {
            if (!answer.getSuccess()) {
              failed("acknowledge", answer.getFailureCode().name(), answer.getMessage());
            }
          }

          @Override
          public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            failed("acknowledge", status.getCode().name(), String.valueOf(status.getDescription()));
            acknowledged();
          }

          @Override
          public void onCompleted() {
            acknowledged();
          }
        });
  }

  private void acknowledged() {
    if (acknowledging.decrementAndGet() == 0) {
      CompletableFuture<Void> waits = idle;
      if (waits != null) {
        waits.complete(null);
      }
    }
  }

  private void failed(String step, String code, String message) {
    Receivers now = receivers;
    if (now != null && !closing) {
      now.recordings.failedBeside(step, code, message);
    }
  }

  /** Done when no acknowledgement is without an answer. To be asked once. */
  CompletionStage<Void> acknowledgedAll() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    idle = done;
    if (acknowledging.get() == 0) {
      done.complete(null);
    }
    return done.minimalCompletionStage();
  }

  /** Ends the stream. */
  void stop() {
    closing = true;
    connection
        .loop()
        .execute(
            () -> {
              ClientCall<?, ?> open = stream;
              if (open != null) {
                open.cancel("the run is over", null);
              }
            });
  }

  /** Gives the consumer back, if there is time for it. Blocks. */
  void cleanUp(Duration time) {
    tracked.close();
    if (time.isZero()) {
      return;
    }
    try {
      var _ =
          connection
              .waiting(time)
              .cleanupConsumer(
                  CleanupConsumerRequest.newBuilder().setConsumerId(consumerId).build());
    } catch (StatusException e) {
      LOG.debug("A consumer is not given back, and ends with its connection", e);
    }
  }
}
