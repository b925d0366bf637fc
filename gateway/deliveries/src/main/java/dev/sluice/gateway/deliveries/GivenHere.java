package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often this instance gave messages to somebody that had come before.
 *
 * <p>The attempts that a message system counts are more than its consumers saw: a broker that was
 * away answers all that was asked of it meanwhile, to nobody, and each answer counts. So a message
 * may come for the last time that nobody was ever given.
 *
 * <p>Safe for use by any thread. Remembers the newest 10,000: what is forgotten is given more
 * often.
 */
final class GivenHere {

  /** How often a message is given before the count of the message system is believed. */
  private static final int OFTEN_ENOUGH = 3;

  private static final int MOST = 10_000;

  private record Key(String group, String topic, String messageId) {}

  private final Map<Key, Integer> given =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Integer> eldest) {
          return size() > MOST;
        }
      };

  /** It is given now. */
  void add(String group, Delivery delivery, int maxAttempts) {
    // First deliveries are too many to be remembered, and enough only where few are allowed.
    if (delivery.attempt() > 1 || maxAttempts <= OFTEN_ENOUGH) {
      synchronized (given) {
        given.merge(keyOf(group, delivery), 1, Integer::sum);
      }
    }
  }

  /** Whether it was handed out too often, and here as often as it takes to believe that. */
  boolean tooOften(String group, Delivery delivery, int maxAttempts) {
    if (delivery.attempt() <= maxAttempts) {
      return false;
    }
    synchronized (given) {
      int enough = Math.clamp(maxAttempts - 1L, 1, OFTEN_ENOUGH);
      return given.getOrDefault(keyOf(group, delivery), 0) >= enough;
    }
  }

  /** It will not come again. */
  void forget(String group, Delivery delivery) {
    synchronized (given) {
      given.remove(keyOf(group, delivery));
    }
  }

  private static Key keyOf(String group, Delivery delivery) {
    return new Key(group, delivery.topic(), delivery.messageId());
  }
}
