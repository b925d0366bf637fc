package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The blocking half of {@link BoundedCloseable}. */
final class CloseWait {

  private CloseWait() {}

  /** Waits for one that has no name, which its report calls by its class. */
  static CloseReport await(BoundedCloseable closeable, Deadline deadline) {
    return await(closeable, nameOf(closeable), deadline);
  }

  static CloseReport await(BoundedCloseable closeable, String name, Deadline deadline) {
    long start = System.nanoTime();
    CompletableFuture<CloseReport> closing = closeable.closeAsync(deadline).toCompletableFuture();
    try {
      return closing.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return cutShort(name, start, List.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return cutShort(name, start, List.of(e));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return cutShort(name, start, List.of(cause));
    }
  }

  private static CloseReport cutShort(String name, long start, List<Throwable> failures) {
    var took = Duration.ofNanos(System.nanoTime() - start);
    return new CloseReport(name, took, List.of("close"), failures, List.of());
  }

  private static String nameOf(BoundedCloseable closeable) {
    String simple = closeable.getClass().getSimpleName();
    return simple.isEmpty() ? closeable.getClass().getName() : simple;
  }
}
