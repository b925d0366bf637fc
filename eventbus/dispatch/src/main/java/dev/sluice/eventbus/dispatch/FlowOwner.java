package dev.sluice.eventbus.dispatch;

/** Told of what becomes of a flow. Called on any thread, without a lock held; must not block. */
public interface FlowOwner<T> {

  /** There is room again, after an offer was refused. */
  void onRoom();

  /**
   * An item is resolved, for good; once for each, never after the flow was revoked. Ascending
   * within a key, in any order otherwise.
   */
  void onResolved(Item<T> item, Resolution resolution);
}
