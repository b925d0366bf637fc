package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.deliveries.ReceivePath;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.UpstreamLease;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ReceiveMessage: one request, one receive; the answer is a status, the messages, the time of
 * delivery, and the end of the stream at once, since callers wait for it.
 */
final class Receives {

  /** The most messages of one answer. */
  static final int MAX_BATCH = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Receives.class);
  private static final Duration MIN_INVISIBLE = Duration.ofSeconds(10);
  private static final Duration MAX_INVISIBLE = Duration.ofHours(12);
  private static final Duration RENEWED_INVISIBLE = Duration.ofSeconds(60);
  private static final Duration MAX_POLL = Duration.ofSeconds(20);
  // What an answer needs on its way back before the caller's deadline.
  private static final Duration ANSWER_MARGIN = Duration.ofMillis(500);
  private static final int MAX_EXPRESSION = 1024;
  private static final int MAX_ATTEMPT_ID = 255;
  private static final int MAX_NODE = 255;

  private final UpstreamLease lease;
  private final ReceivePath path;
  private final AckPath acks;
  private final CurrentConnection connection;

  Receives(UpstreamLease lease, ReceivePath path, AckPath acks, CurrentConnection connection) {
    this.lease = lease;
    this.path = path;
    this.acks = acks;
    this.connection = connection;
  }

  void receive(
      ReceiveMessageRequest request, ServerCallStreamObserver<ReceiveMessageResponse> observer) {
    var answer = new Answer(request, observer);
    // Set before anything is asked for; there is nothing to cancel yet, and nothing is lost by
    // that.
    observer.setOnCancelHandler(answer::cancel);
    try {
      String client = CallerIdentity.clientId();
      ReceiveRequest asked = asked(request);
      answer.invisibleMillis = asked.invisible().toMillis();
      answer.under(
          path.receiveOnce(
              lease,
              asked,
              new Subscription.Start.Latest(),
              client,
              request.getAutoRenew() ? connection.get() : null,
              answer));
    } catch (Refusal | GatewayException refusal) {
      answer.refuse(Statuses.of(refusal));
    }
  }

  private static ReceiveRequest asked(ReceiveMessageRequest request) {
    String topic = ResourceNames.topic(request.getMessageQueue().getTopic());
    String group = ResourceNames.group(request.getGroup());
    if (request.getBatchSize() < 1) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "batch_size: " + request.getBatchSize() + " (expected: 1 to " + MAX_BATCH + ")");
    }
    String attempt = request.getAttemptId();
    if (attempt.length() > MAX_ATTEMPT_ID) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "attempt_id: "
              + attempt.length()
              + " characters (expected: at most "
              + MAX_ATTEMPT_ID
              + ")");
    }
    String node = request.getMessageQueue().getBroker().getName();
    if (node.length() > MAX_NODE) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "message_queue.broker.name: "
              + node.length()
              + " characters (expected: at most "
              + MAX_NODE
              + ")");
    }
    return new ReceiveRequest(
        topic,
        group,
        filter(request.getFilterExpression()),
        node.isEmpty() ? null : new QueueId(node, QueueId.ANY),
        false,
        attempt.isEmpty() ? null : attempt,
        Math.min(request.getBatchSize(), MAX_BATCH),
        wait(request),
        invisible(request));
  }

  private static Filter filter(FilterExpression expression) {
    String text = expression.getExpression();
    if (text.length() > MAX_EXPRESSION) {
      throw new Refusal(
          Code.ILLEGAL_FILTER_EXPRESSION,
          "filter_expression: "
              + text.length()
              + " characters (expected: at most "
              + MAX_EXPRESSION
              + ")");
    }
    return switch (expression.getType()) {
      case SQL -> new Filter(Filter.Type.SQL, text);
      case TAG, FILTER_TYPE_UNSPECIFIED ->
          text.isBlank() ? Filter.ALL : new Filter(Filter.Type.TAG, text);
      case UNRECOGNIZED ->
          throw new Refusal(
              Code.ILLEGAL_FILTER_EXPRESSION,
              "filter_expression: type " + expression.getTypeValue() + " (expected: TAG or SQL)");
    };
  }

  private static Duration invisible(ReceiveMessageRequest request) {
    if (request.getAutoRenew()) {
      return RENEWED_INVISIBLE;
    }
    Duration asked =
        request.hasInvisibleDuration()
            ? Duration.ofMillis(Times.millis(request.getInvisibleDuration()))
            : Duration.ZERO;
    if (asked.compareTo(MIN_INVISIBLE) < 0 || asked.compareTo(MAX_INVISIBLE) > 0) {
      throw new Refusal(
          Code.ILLEGAL_INVISIBLE_TIME,
          "invisible_duration: "
              + asked.toMillis()
              + " ms (expected: "
              + MIN_INVISIBLE.toMillis()
              + " to "
              + MAX_INVISIBLE.toMillis()
              + " ms)");
    }
    return asked;
  }

  /** As long as the caller asks, and not beyond its deadline. */
  private static Duration wait(ReceiveMessageRequest request) {
    Duration asked =
        request.hasLongPollingTimeout()
            ? Duration.ofMillis(Times.millis(request.getLongPollingTimeout()))
            : MAX_POLL;
    Duration wait = asked.compareTo(MAX_POLL) > 0 ? MAX_POLL : asked;
    Deadline deadline = Context.current().getDeadline();
    if (deadline != null) {
      Duration left =
          Duration.ofMillis(deadline.timeRemaining(TimeUnit.MILLISECONDS)).minus(ANSWER_MARGIN);
      if (left.isNegative()) {
        throw new Refusal(
            Code.ILLEGAL_POLLING_TIME,
            "deadline: "
                + left.plus(ANSWER_MARGIN).toMillis()
                + " ms from now (expected: more than "
                + ANSWER_MARGIN.toMillis()
                + " ms)");
      }
      wait = wait.compareTo(left) > 0 ? left : wait;
    }
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** One answer, on the loop that serves the call. */
  private final class Answer implements Completion<List<SealedDelivery>> {
    private final ReceiveMessageRequest request;
    private final ServerCallStreamObserver<ReceiveMessageResponse> observer;
    private final Context call = Context.current();
    private long invisibleMillis;
    private Cancellable receive = Cancellable.NONE;

    Answer(
        ReceiveMessageRequest request, ServerCallStreamObserver<ReceiveMessageResponse> observer) {
      this.request = request;
      this.observer = observer;
    }

    void under(Cancellable receive) {
      this.receive = receive;
    }

    void cancel() {
      receive.cancel();
    }

    @Override
    public void done(List<SealedDelivery> deliveries) {
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
      acks.changeInvisible(
          lease,
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
