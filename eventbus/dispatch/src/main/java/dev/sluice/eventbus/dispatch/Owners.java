package dev.sluice.eventbus.dispatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls of users' code that must not break the caller, whatever it throws. */
final class Owners {

  private static final Logger logger = LoggerFactory.getLogger(KeyedDispatcher.class);

  private Owners() {}

  static <T> void resolved(Entry<T> entry, Resolution how) {
    try {
      entry.epoch.owner.onResolved(entry.item, how);
    } catch (Throwable failure) {
      logger.error("The owner of a flow failed when told of {}", entry.place(), failure);
    }
  }

  static void room(Epoch<?> epoch) {
    try {
      epoch.owner.onRoom();
    } catch (Throwable failure) {
      logger.error("The owner of {} failed when told of room", epoch.name, failure);
    }
  }

  /** What a failure says of itself, which is users' code too. */
  static String reason(Throwable failure) {
    try {
      return String.valueOf(failure.toString());
    } catch (Throwable worse) {
      return failure.getClass().getName();
    }
  }
}
