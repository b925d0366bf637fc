package dev.sluice.gateway.peers;

import dev.sluice.gateway.proto.peers.Answer;
import dev.sluice.gateway.proto.peers.NotMine;
import dev.sluice.gateway.proto.peers.NotUnderstood;
import dev.sluice.gateway.proto.peers.PeersGrpc.PeersImplBase;
import dev.sluice.gateway.proto.peers.Request;
import dev.sluice.gateway.proto.peers.SealedAnswer;
import dev.sluice.gateway.proto.peers.SealedRequest;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Checks;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerAnswers;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.lifecycle.Clock;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers other instances. What does not prove that an instance has asked it, now and for the first
 * time, is refused with a status; everything else gets a sealed answer. Called on event loops.
 */
final class PeerService extends PeersImplBase {

  /** How far the clocks of two instances may differ. */
  static final Duration SKEW = Duration.ofSeconds(30);

  /** The most requests that are being answered at once. */
  static final int MOST_AT_ONCE = 1024;

  private final long self;
  private final Envelopes envelopes;
  private final PeerAnswers answers;
  private final GatewayMetrics metrics;
  private final Clock clock;
  private final SeenRequests seen = new SeenRequests(SKEW.multipliedBy(2));
  private final AtomicInteger underWay = new AtomicInteger();

  PeerService(
      long self, Envelopes envelopes, PeerAnswers answers, GatewayMetrics metrics, Clock clock) {
    this.self = self;
    this.envelopes = envelopes;
    this.answers = answers;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void ask(SealedRequest sealed, StreamObserver<SealedAnswer> observer) {
    // Otherwise answering a call that was given up meanwhile would throw.
    ((ServerCallStreamObserver<SealedAnswer>) observer).setOnCancelHandler(() -> {});
    int size = sealed.getContent().size();
    if (size > Envelopes.MAX_REQUEST) {
      refuse(
          observer,
          Status.RESOURCE_EXHAUSTED,
          "request: " + size + " bytes (expected: at most " + Envelopes.MAX_REQUEST + ")");
      return;
    }
    Optional<Request> opened = envelopes.request(sealed.getContent());
    if (opened.isEmpty()) {
      refuse(
          observer,
          Status.UNAUTHENTICATED,
          "request: does not open (expected: one sealed with this gateway's cluster key)");
      return;
    }
    Request request = opened.get();
    // Its age first: only what is young enough must be remembered.
    long age = clock.currentTimeMillis() - request.getAskedAt();
    if (age > SKEW.toMillis() || age < -SKEW.toMillis()) {
      refuse(
          observer,
          Status.FAILED_PRECONDITION,
          "request: asked "
              + age
              + " ms ago by its asker's clock (expected: at most "
              + Checks.text(SKEW)
              + " off this gateway's)");
      return;
    }
    if (!seen.isFirst(request.getAsker(), request.getSequence(), clock.nanoTime())) {
      refuse(observer, Status.ALREADY_EXISTS, "request: was here before (expected: a new one)");
      return;
    }
    if (underWay.incrementAndGet() > MOST_AT_ONCE) {
      underWay.decrementAndGet();
      refuse(
          observer,
          Status.RESOURCE_EXHAUSTED,
          "requests at once: more than " + MOST_AT_ONCE + " (the most that are answered)");
      return;
    }
    new Reply(request, observer).begin();
  }

  private void refuse(StreamObserver<SealedAnswer> observer, Status status, String why) {
    metrics.increment(Counter.PEER_REQUESTS_REFUSED);
    observer.onError(status.withDescription(why).asRuntimeException());
  }

  /** The answer to one request; ends once. */
  private final class Reply {
    private final Request request;
    private final StreamObserver<SealedAnswer> observer;
    private final Answer.Builder answer;

    Reply(Request request, StreamObserver<SealedAnswer> observer) {
      this.request = request;
      this.observer = observer;
      this.answer =
          Answer.newBuilder()
              .setAsker(request.getAsker())
              .setSequence(request.getSequence())
              .setAnswerer(self);
    }

    void begin() {
      if (request.getTarget() != 0 && request.getTarget() != self) {
        end(answer.setNotMine(NotMine.getDefaultInstance()));
        return;
      }
      Optional<PeerQuestion<?>> question;
      try {
        question = PeerMessages.question(request);
      } catch (IllegalArgumentException e) {
        failed(GatewayException.invalid(GatewayException.Subject.NONE, String.valueOf(e)));
        return;
      }
      if (question.isEmpty()) {
        end(answer.setNotUnderstood(NotUnderstood.getDefaultInstance()));
        return;
      }
      ask(question.get());
    }

    private <A extends PeerAnswer> void ask(PeerQuestion<A> question) {
      question.putTo(
          answers,
          new Completion<A>() {
            @Override
            public void done(A given) {
              PeerMessages.write(given, answer);
              end(answer);
            }

            @Override
            public void failed(GatewayException failure) {
              Reply.this.failed(failure);
            }
          });
    }

    private void failed(GatewayException failure) {
      end(answer.setFailed(PeerMessages.of(failure)));
    }

    private void end(Answer.Builder complete) {
      underWay.decrementAndGet();
      observer.onNext(
          SealedAnswer.newBuilder().setContent(envelopes.seal(complete.build())).build());
      observer.onCompleted();
    }
  }
}
