package dev.sluice.gateway.deliveries;

import java.time.Duration;

/** On whose behalf a delivery is held. Called on the delivery's loop. */
interface Holder {

  /** Of what nobody holds any more. */
  Holder NONE = held -> {};

  /** Whether it is still there to have its deliveries renewed; asked before each renewal. */
  default boolean isThere() {
    return true;
  }

  /**
   * The delivery is no longer held: acknowledged ({@link Held#acknowledged}), handed back, lost, or
   * held anew. Called once for each.
   */
  void released(Held held);

  /**
   * Whether it sees to it itself that the delivery comes again after the delay, and the message
   * system is not to be asked for that. Called while nothing of the delivery is under way; its
   * handles are void afterwards.
   */
  default boolean keeps(Held held, Duration delay) {
    return false;
  }
}
