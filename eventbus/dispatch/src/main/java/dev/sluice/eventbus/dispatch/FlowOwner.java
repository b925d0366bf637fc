package dev.sluice.eventbus.dispatch;

/**
 * Told of what becomes of a flow. Called on any thread, without a lock held; must not block. What
 * it throws is logged, and changes nothing.
 */
public interface FlowOwner<T> {

  /**
   * There is room again, after an offer was refused; called once for each series of refusals, and
   * then only if the flow has not been revoked before that came about.
   */
  void onRoom();

  /**
   * An item is resolved, for good; once for each, never for what was not resolved when the flow was
   * revoked. The frontier already says so. Ascending within a key, in any order otherwise; nothing
   * more of the key starts before this returns. Where the flow is revoked at the same moment, a
   * call may end after {@link Flow#revoke} does.
   */
  void onResolved(Item<T> item, Resolution resolution);
}
