package dev.sluice.eventbus.dispatch;

/** Handles items, on virtual threads; may block. */
@FunctionalInterface
public interface ItemHandler<T> {

  /**
   * Handles an item; interrupted when its time is over, its flow revoked, or the dispatcher closed.
   *
   * @param attempt 1 for the first
   */
  void handle(Item<T> item, int attempt) throws Exception;
}
