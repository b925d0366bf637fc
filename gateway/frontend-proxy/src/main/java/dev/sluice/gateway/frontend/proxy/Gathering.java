package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the results of the entries of one batch, in the order of the entries, and hands them on
 * when the last is there. An entry's failure is its own result; a fault of ours has the code {@code
 * UNKNOWN_OUTCOME}, since entries have no status. Belongs to the loop that its call came in on.
 *
 * @param <R> a result
 */
final class Gathering<R> {

  private final List<@Nullable R> results;
  private final Answer.Refusal<R> refusal;
  private final Completion<List<R>> complete;
  private int missing;

  /**
   * Waits for so many results.
   *
   * @param size at least 1
   * @param refusal makes a result of a failure
   * @param complete gets all results
   */
  Gathering(int size, Answer.Refusal<R> refusal, Completion<List<R>> complete) {
    this.results = new ArrayList<>(Collections.nCopies(size, null));
    this.refusal = refusal;
    this.complete = complete;
    this.missing = size;
  }

  /** The end of one entry; called once for each. */
  <T> Completion<T> entry(int index, Function<T, R> success) {
    return new Completion<>() {
      @Override
      public void done(T value) {
        put(index, success.apply(value));
      }

      @Override
      public void failed(GatewayException failure) {
        put(index, refusal.of(failure.getMessage(), Failures.entryCode(failure)));
      }
    };
  }

  private void put(int index, R result) {
    results.set(index, result);
    if (--missing == 0) {
      complete.done(results.stream().map(Objects::requireNonNull).toList());
    }
  }
}
