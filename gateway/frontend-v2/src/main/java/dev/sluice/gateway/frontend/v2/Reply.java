package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer of one unary call: sent once, a refusal as the response's status, nothing to a caller
 * that is gone.
 *
 * @param <A> the response
 */
final class Reply<A> {

  private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

  private final ServerCallStreamObserver<A> observer;
  private final Function<Status, A> refused;

  private Reply(ServerCallStreamObserver<A> observer, Function<Status, A> refused) {
    this.observer = observer;
    this.refused = refused;
  }

  /**
   * Serves one call.
   *
   * @param refused makes the response that carries only a status
   * @param handler sends the reply, now or later, or throws a {@link Refusal}
   */
  static <A> void to(
      StreamObserver<A> observer, Function<Status, A> refused, Consumer<Reply<A>> handler) {
    var call = (ServerCallStreamObserver<A>) observer;
    // With a handler set, answering a caller that is gone does nothing instead of throwing.
    call.setOnCancelHandler(() -> {});
    var reply = new Reply<>(call, refused);
    reply.unlessRefused(() -> handler.accept(reply));
  }

  /** Does a part of the serving, now or later; where it throws, that is the answer. */
  void unlessRefused(Runnable part) {
    try {
      part.run();
    } catch (Refusal | GatewayException refusal) {
      refuse(refusal);
    } catch (RuntimeException fault) {
      // Ours; the caller is told all the same, in the way that it understands.
      LOG.error("A call was not served", fault);
      refuse(fault);
    }
  }

  /**
   * What ends one step of the call: goes on with what it yields, and refuses where it fails or
   * where going on is refused.
   */
  <T> Completion<T> orRefuse(Consumer<T> next) {
    return new Completion<>() {
      @Override
      public void done(T value) {
        try {
          next.accept(value);
        } catch (Refusal | GatewayException refusal) {
          refuse(refusal);
        }
      }

      @Override
      public void failed(GatewayException failure) {
        refuse(failure);
      }
    };
  }

  void send(A response) {
    observer.onNext(response);
    observer.onCompleted();
  }

  void refuse(Throwable failure) {
    send(refused.apply(Statuses.of(failure)));
  }
}
