package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for several calls made on one loop, whose replies therefore come one after the other on
 * that loop. Completes when all have ended: with their values in the order of what was asked for,
 * or with the first failure.
 *
 * @param <T> what each call gives
 */
final class Gather<T> {
  private final List<@Nullable T> values;
  private final Reply<List<T>> whole;
  private int missing;
  private @Nullable ClientException failure;

  private Gather(int calls, Reply<List<T>> whole) {
    this.values = new ArrayList<>(Collections.nCopies(calls, null));
    this.whole = whole;
    this.missing = calls;
  }

  /** Makes a call for each item, all at once, and replies when all have ended. */
  static <I, T> void each(List<I> items, BiConsumer<I, Reply<T>> call, Reply<List<T>> reply) {
    if (items.isEmpty()) {
      reply.done(List.of());
      return;
    }
    Gather<T> gather = new Gather<>(items.size(), reply);
    for (int i = 0; i < items.size(); i++) {
      call.accept(items.get(i), gather.part(i));
    }
  }

  private Reply<T> part(int index) {
    return new Reply<>() {
      @Override
      public void done(T value) {
        values.set(index, value);
        ended();
      }

      @Override
      public void failed(ClientException why) {
        if (failure == null) {
          failure = why;
        }
        ended();
      }
    };
  }

  @SuppressWarnings("NullAway") // each part has set its value when none has failed
  private void ended() {
    missing--;
    if (missing > 0) {
      return;
    }
    if (failure != null) {
      whole.failed(failure);
    } else {
      whole.done(values);
    }
  }
}
