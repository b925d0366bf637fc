package dev.sluice.gateway.frontend.proxy;

import com.google.protobuf.Message;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/**
 * Ends one unary call: with a response made of what it asked for, with a response that tells why
 * not, or with a status.
 *
 * @param observer the call
 * @param success makes the response of what the call yielded
 * @param refusal makes the response that tells why not
 */
record Answer<T, R extends Message>(
    StreamObserver<R> observer, Function<T, R> success, Refusal<R> refusal)
    implements Completion<T> {

  /** Makes a response with {@code success = false}. */
  @FunctionalInterface
  interface Refusal<R> {
    R of(String message, FailureCode code);
  }

  @Override
  public void done(T value) {
    observer.onNext(success.apply(value));
    observer.onCompleted();
  }

  @Override
  public void failed(GatewayException failure) {
    if (Failures.endsCall(failure)) {
      observer.onError(Failures.status(failure));
      return;
    }
    observer.onNext(refusal.of(failure.getMessage(), Failures.code(failure.category())));
    observer.onCompleted();
  }
}
