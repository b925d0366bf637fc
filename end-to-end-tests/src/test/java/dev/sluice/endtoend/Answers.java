package dev.sluice.endtoend;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** What a call is answered with, and how it ends. */
final class Answers<T> implements StreamObserver<T> {

  private static final int PATIENCE_SECONDS = 60;

  private final List<T> all = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  List<T> all() {
    return List.copyOf(all);
  }

  /** Waits for its end. */
  Status.Code endCode() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS).getCode();
  }

  @Override
  public void onNext(T answer) {
    all.add(answer);
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
