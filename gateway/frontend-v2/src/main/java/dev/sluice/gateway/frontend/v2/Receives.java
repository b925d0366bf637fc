package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.deliveries.ReceivePath;
import dev.sluice.gateway.deliveries.ReceiveTerms;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.UpstreamLease;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ReceiveMessage: one request, one receive; the answer is a status, the messages, the time of
 * delivery, and the end of the stream at once, since callers wait for it. Whether the group
 * consumes in order, and when a message is dead, the message system says, not the caller.
 */
final class Receives {

  /**
   * The longest that messages are renewed, at least: consumers in order keep one while they try it
   * again and again, with waits that may add up to hours.
   */
  static final Duration LONGEST_HOLD = Duration.ofHours(3);

  private static final Logger LOG = LoggerFactory.getLogger(Receives.class);

  private final Callers callers;
  private final ReceivePath path;
  private final AckPath acks;
  private final Clients clients;
  private final Duration longestHold;

  /**
   * Makes it.
   *
   * @param maxHold how long deliveries may be held by this gateway's settings
   */
  Receives(Callers callers, ReceivePath path, AckPath acks, Clients clients, Duration maxHold) {
    this.callers = callers;
    this.path = path;
    this.acks = acks;
    this.clients = clients;
    this.longestHold = maxHold.compareTo(LONGEST_HOLD) > 0 ? maxHold : LONGEST_HOLD;
  }

  void receive(
      ReceiveMessageRequest request, ServerCallStreamObserver<ReceiveMessageResponse> observer) {
    var answer = new Answer(request, observer);
    // Set before anything is asked for; there is nothing to cancel yet, and nothing is lost by
    // that.
    observer.setOnCancelHandler(answer::cancel);
    try {
      Call call = callers.current();
      InboundReceive asked = InboundReceive.of(request);
      call.mayConsume(asked.group(), asked.topic());
      answer.begin(asked, call);
    } catch (Refusal | GatewayException refusal) {
      answer.refuse(Statuses.of(refusal));
    }
  }

  /** One answer, on the loop that serves the call. */
  private final class Answer implements Completion<List<SealedDelivery>> {
    private final ReceiveMessageRequest request;
    private final ServerCallStreamObserver<ReceiveMessageResponse> observer;
    private final Context call = Context.current();
    private @Nullable UpstreamLease lease;
    private @Nullable Renewal renewal;
    private long invisibleMillis;
    private Cancellable receive = Cancellable.NONE;
    private boolean cancelled;

    Answer(
        ReceiveMessageRequest request, ServerCallStreamObserver<ReceiveMessageResponse> observer) {
      this.request = request;
      this.observer = observer;
    }

    void begin(InboundReceive asked, Call from) {
      lease = from.lease();
      invisibleMillis = asked.invisible().toMillis();
      renewal = request.getAutoRenew() ? clients.renewal(from) : null;
      from.lease()
          .group(
              asked.group(),
              new Completion<>() {
                @Override
                public void done(ConsumerGroup group) {
                  if (cancelled) {
                    settle();
                  } else {
                    receive =
                        path.receiveOnce(
                            from.lease(),
                            asked.by(group, from.client().whole()),
                            terms(group),
                            from.client().whole(),
                            Answer.this);
                  }
                }

                @Override
                public void failed(GatewayException failure) {
                  Answer.this.failed(failure);
                }
              });
    }

    private ReceiveTerms terms(ConsumerGroup group) {
      return new ReceiveTerms(
          new Subscription.Start.Latest(),
          group.maxAttempts(),
          renewal == null ? null : new ReceiveTerms.Holding(renewal, longestHold));
    }

    void cancel() {
      cancelled = true;
      receive.cancel();
    }

    private void settle() {
      if (renewal != null) {
        renewal.settle();
      }
    }

    @Override
    public void done(List<SealedDelivery> deliveries) {
      settle();
      if (observer.isCancelled() || call.isCancelled()) {
        deliveries.forEach(this::handBack);
        return;
      }
      if (deliveries.isEmpty()) {
        refuse(Statuses.of(Code.MESSAGE_NOT_FOUND, "no new message"));
        return;
      }
      observer.onNext(status(Statuses.OK));
      for (SealedDelivery delivery : deliveries) {
        observer.onNext(
            ReceiveMessageResponse.newBuilder()
                .setMessage(
                    Outbound.message(
                        request.getMessageQueue().getTopic(), delivery, invisibleMillis))
                .build());
      }
      observer.onNext(
          ReceiveMessageResponse.newBuilder()
              .setDeliveryTimestamp(Times.timestamp(System.currentTimeMillis()))
              .build());
      observer.onCompleted();
    }

    /** Nobody will read it: it comes again at once rather than after its invisible duration. */
    private void handBack(SealedDelivery delivery) {
      UpstreamLease through = lease;
      if (through == null) {
        return;
      }
      acks.changeInvisible(
          through,
          delivery.handle(),
          Duration.ZERO,
          new Completion<>() {
            @Override
            public void done(SealedHandle handle) {}

            @Override
            public void failed(GatewayException failure) {
              LOG.debug("A delivery could not be handed back: {}", failure.getMessage());
            }
          });
    }

    @Override
    public void failed(GatewayException failure) {
      settle();
      refuse(Statuses.of(failure));
    }

    void refuse(Status status) {
      observer.onNext(status(status));
      observer.onCompleted();
    }

    private ReceiveMessageResponse status(Status status) {
      return ReceiveMessageResponse.newBuilder().setStatus(status).build();
    }
  }
}
