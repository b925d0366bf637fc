package dev.sluice.rocketmq.runtime;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The right to use a {@link ClientRuntime}, given back once by closing. */
public final class RuntimeLease implements BoundedCloseable {
  private final ClientRuntime runtime;
  private final Function<Deadline, CompletionStage<CloseReport>> release;
  private final AtomicReference<@Nullable CompletableFuture<CloseReport>> closing =
      new AtomicReference<>();

  RuntimeLease(ClientRuntime runtime, Function<Deadline, CompletionStage<CloseReport>> release) {
    this.runtime = runtime;
    this.release = release;
  }

  public ClientRuntime runtime() {
    return runtime;
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    CompletableFuture<CloseReport> mine = new CompletableFuture<>();
    CompletableFuture<CloseReport> first = closing.compareAndExchange(null, mine);
    if (first != null) {
      return first;
    }
    release
        .apply(deadline)
        .whenComplete(
            (report, failure) -> {
              if (failure == null) {
                mine.complete(report);
              } else {
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }
}
