package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.deliveries.PullPath;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.PullMessageRequest;
import dev.sluice.gateway.proto.v2.PullMessageResponse;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.upstreams.UpstreamLease;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * PullMessage: messages of one queue from an offset on; the answer is a status, the messages, the
 * offset to go on at, and the end of the stream. Nobody is handed anything: there is nothing to
 * acknowledge, and how far a group is it says itself.
 */
final class Pulls {

  private final Callers callers;
  private final PullPath path;

  Pulls(Callers callers, PullPath path) {
    this.callers = callers;
    this.path = path;
  }

  void pull(PullMessageRequest request, ServerCallStreamObserver<PullMessageResponse> observer) {
    var answer = new Answer(request, observer);
    observer.setOnCancelHandler(answer::cancel);
    try {
      Call call = callers.current();
      PullRequest asked = asked(request);
      call.mayConsume(asked.group(), asked.topic());
      answer.begin(call.lease(), asked);
    } catch (Refusal | GatewayException refusal) {
      answer.refuse(Statuses.of(refusal));
    }
  }

  private static PullRequest asked(PullMessageRequest request) {
    String group = ResourceNames.group(request.getGroup());
    InboundQueue queue = InboundQueue.of(request.getMessageQueue());
    if (request.getOffset() < 0) {
      throw new Refusal(
          Code.ILLEGAL_OFFSET, "offset: " + request.getOffset() + " (expected: 0 or more)");
    }
    return new PullRequest(
        queue.topic(),
        group,
        InboundReceive.filter(request.getFilterExpression()),
        queue.queue(),
        request.getOffset(),
        InboundReceive.batch(request.getBatchSize()),
        InboundReceive.wait(request.hasLongPollingTimeout(), request.getLongPollingTimeout()));
  }

  /** One answer, on the loop that serves the call. */
  private final class Answer implements Completion<Pulled> {
    private final PullMessageRequest request;
    private final ServerCallStreamObserver<PullMessageResponse> observer;
    private final Context call = Context.current();
    private Cancellable pull = Cancellable.NONE;

    Answer(PullMessageRequest request, ServerCallStreamObserver<PullMessageResponse> observer) {
      this.request = request;
      this.observer = observer;
    }

    void begin(UpstreamLease lease, PullRequest asked) {
      pull = path.pull(lease, asked, this);
    }

    void cancel() {
      pull.cancel();
    }

    @Override
    public void done(Pulled pulled) {
      if (observer.isCancelled() || call.isCancelled()) {
        return;
      }
      switch (pulled) {
        case Pulled.Found found -> {
          say(status(Statuses.OK));
          found.messages().forEach(this::say);
        }
        case Pulled.Nothing _ ->
            say(status(Statuses.of(Code.MESSAGE_NOT_FOUND, "no message from this offset on")));
        case Pulled.OutOfRange moved ->
            say(
                status(
                    Statuses.of(
                        Code.ILLEGAL_OFFSET,
                        "offset: "
                            + request.getOffset()
                            + " (expected: one that the queue has, the nearest is "
                            + moved.nextOffset()
                            + ")")));
      }
      say(PullMessageResponse.newBuilder().setNextOffset(pulled.nextOffset()).build());
      observer.onCompleted();
    }

    private void say(Delivery message) {
      say(
          PullMessageResponse.newBuilder()
              .setMessage(Outbound.pulled(request.getMessageQueue().getTopic(), message))
              .build());
    }

    private void say(PullMessageResponse response) {
      observer.onNext(response);
    }

    @Override
    public void failed(GatewayException failure) {
      refuse(Statuses.of(failure));
    }

    void refuse(Status status) {
      say(status(status));
      observer.onCompleted();
    }

    private static PullMessageResponse status(Status status) {
      return PullMessageResponse.newBuilder().setStatus(status).build();
    }
  }
}
