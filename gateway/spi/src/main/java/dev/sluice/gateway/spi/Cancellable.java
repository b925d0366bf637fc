package dev.sluice.gateway.spi;

/** Something under way that can be given up. */
@FunctionalInterface
public interface Cancellable {

  /** Nothing to cancel. */
  Cancellable NONE = () -> {};

  /**
   * Gives it up where that is still possible; its completion is called all the same, once.
   * Idempotent, safe from any thread.
   */
  void cancel();
}
