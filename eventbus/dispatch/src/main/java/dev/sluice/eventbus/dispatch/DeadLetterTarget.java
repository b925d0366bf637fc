package dev.sluice.eventbus.dispatch;

import java.util.concurrent.CompletionStage;

/** Where items go that failed as often as they may. */
@FunctionalInterface
public interface DeadLetterTarget<T> {

  /**
   * Stores an item; asked again, with waits, until it is stored. Does not block.
   *
   * @param attempts how many failed
   * @param last the last failure
   * @return completes when it is stored; where it neither completes nor fails, the item waits
   */
  CompletionStage<?> store(Item<T> item, int attempts, Throwable last);
}
