package dev.sluice.gateway.deliveries;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
   * Has the delivery come again after the delay, where it sees to that itself and the message
   * system is not to be asked for it. Called while nothing of the delivery is under way; its
   * handles are void afterwards.
   *
   * @return the hold by which it is acknowledged or changed until it comes again; null where the
   *     message system is to be asked
   */
  default @Nullable Held keep(Held held, Duration delay) {
    return null;
  }
}
