package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.rocketmq.client.RocketMQException;

/** Failures of the client, as the bus has them. */
final class Failures {
  private Failures() {}

  static EventBusException of(Throwable failure) {
    RocketMQException known = RocketMQException.from(failure);
    Category category =
        switch (known.category()) {
          case INVALID_ARGUMENT -> Category.INVALID_ARGUMENT;
          case NOT_FOUND -> Category.NOT_FOUND;
          case UNAUTHENTICATED -> Category.UNAUTHENTICATED;
          case OVERLOADED -> Category.OVERLOADED;
          case UNAVAILABLE, INTERRUPTED -> Category.UNAVAILABLE;
          case TIMEOUT -> Category.TIMEOUT;
          case UNKNOWN_OUTCOME -> Category.UNKNOWN_OUTCOME;
          case INTERNAL -> Category.INTERNAL;
        };
    return EventBusException.of(category, String.valueOf(known.getMessage()), known);
  }

  static EventBusException closed() {
    return EventBusException.of(Category.UNAVAILABLE, "the bus is closed");
  }
}
