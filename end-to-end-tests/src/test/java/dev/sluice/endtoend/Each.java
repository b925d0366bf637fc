package dev.sluice.endtoend;

import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** Takes each message of a stream; its end is of no interest. */
record Each<T>(Consumer<T> taker) implements StreamObserver<T> {

  @Override
  public void onNext(T message) {
    taker.accept(message);
  }

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onCompleted() {}
}
