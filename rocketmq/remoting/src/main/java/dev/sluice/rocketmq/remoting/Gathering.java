package dev.sluice.rocketmq.remoting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a fixed number of calls made on one event loop and replies once: with all values in the
 * order of the calls, or with the first failure, when all are over.
 *
 * @param <T> what each call gives
 */
final class Gathering<T> {
  private final List<@Nullable T> values;
  private final Reply<List<T>> reply;
  private @Nullable ClientException failure;
  private int open;

  /** For one call at least. */
  Gathering(int calls, Reply<List<T>> reply) {
    this.values = new ArrayList<>(Arrays.asList(newArray(calls)));
    this.reply = reply;
    this.open = calls;
  }

  @SuppressWarnings("unchecked") // Holds only what slots put in.
  private static <T> @Nullable T[] newArray(int size) {
    return (T[]) new Object[size];
  }

  /** Takes the reply of the call with this number. */
  Reply<T> slot(int index) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        values.set(index, value);
        over();
      }

      @Override
      public void failed(ClientException problem) {
        if (failure == null) {
          failure = problem;
        }
        over();
      }
    };
  }

  @SuppressWarnings("NullAway") // Without a failure every slot has its value.
  private void over() {
    if (--open > 0) {
      return;
    }
    if (failure != null) {
      reply.failed(failure);
    } else {
      reply.done(new ArrayList<>(values));
    }
  }
}
