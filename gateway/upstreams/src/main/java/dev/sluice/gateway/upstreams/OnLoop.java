package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;

/** Calls a completion on the loop that it belongs to. */
public record OnLoop<T>(Loop loop, Completion<T> completion) implements Completion<T> {

  /** Runs the task on the loop, at once where that is the calling one. */
  public static void run(Loop loop, Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  @Override
  public void done(T value) {
    if (loop.inLoop()) {
      completion.done(value);
    } else {
      loop.execute(() -> completion.done(value));
    }
  }

  @Override
  public void failed(GatewayException failure) {
    if (loop.inLoop()) {
      completion.failed(failure);
    } else {
      loop.execute(() -> completion.failed(failure));
    }
  }
}
