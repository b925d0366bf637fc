package dev.sluice.eventbus.dispatch;

/**
 * One partition, or whatever else has an order of its own, as long as it is assigned: from {@link
 * KeyedDispatcher#open} to {@link #revoke}. If it is assigned again, that is another flow.
 *
 * <p>One thread at a time offers; all else may be called on any thread. Nothing blocks.
 */
public interface Flow<T> {

  /**
   * Takes an item in, or not: when a bound of the dispatcher is reached, or this flow's part in it
   * ({@link DispatchOptions}), when the flow was revoked, and when the dispatcher is closing. A
   * flow of which nothing is unresolved always takes one, however large.
   *
   * @return false if it was not taken. Where a bound was in the way, {@link FlowOwner#onRoom} is
   *     called once when it is worth while to offer again.
   * @throws IllegalArgumentException if the offset is not above that of the item taken before it
   */
  boolean offer(Item<T> item);

  /**
   * How far it may be committed: the offset of the first item that was taken and is not resolved,
   * or one after the last one taken when all are; -1 before the first was taken. Never falls.
   */
  long frontier();

  /** How many items were taken and are not resolved. */
  int unresolved();

  /**
   * Ends it: what waits is dropped, handlers that run are interrupted, and whatever they say is
   * discarded. Never waits for them. Idempotent. A handler that goes on nevertheless still keeps
   * others of its key from starting, also those of later flows.
   *
   * @return the frontier at the end
   */
  long revoke();
}
