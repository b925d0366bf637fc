package dev.sluice.gateway.core;

import dev.sluice.gateway.core.spi.Completion;
import dev.sluice.gateway.core.spi.GatewayException;
import dev.sluice.gateway.core.spi.Loop;

/** Calls a completion on the loop that it belongs to. */
record OnLoop<T>(Loop loop, Completion<T> completion) implements Completion<T> {

  static void run(Loop loop, Runnable task) {
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
