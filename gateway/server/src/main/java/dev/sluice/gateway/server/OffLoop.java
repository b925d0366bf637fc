package dev.sluice.gateway.server;

import java.util.concurrent.CompletableFuture;

/** Runs what blocks on a virtual thread of its own, for stages of a close. */
final class OffLoop {
  /** What is to be run. */
  @FunctionalInterface
  interface Blocking {
    void run() throws Exception;
  }

  private OffLoop() {}

  /** Completes when it has run, or failed. */
  static CompletableFuture<?> run(Blocking blocking) {
    CompletableFuture<?> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("sluice-close")
        .start(
            () -> {
              try {
                blocking.run();
                done.complete(null);
              } catch (Throwable e) {
                // The thread ends here: whatever it was belongs to whoever waits.
                done.completeExceptionally(e);
              }
            });
    return done;
  }
}
