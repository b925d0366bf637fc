package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.FailurePolicy;
import java.time.Duration;
import java.util.Objects;

/**
 * The bounds of a dispatcher.
 *
 * <p>No flow holds more of {@code maxMessages} or {@code maxBytes} than it leaves free: one alone
 * half of each at most, several that take all they get equal parts. So a flow that stalls, or fills
 * with what waits behind a parked key, leaves at least half of what was free to the others. Two
 * exceptions keep things moving: a flow may hold {@code concurrency} messages wherever there is
 * room at all, and one of which nothing is unresolved takes an item in any case. The bounds are
 * exceeded by that one item for each flow at most.
 *
 * @param name of its owner, in reports and thread names
 * @param concurrency handlers that run at a time, at least 1. One that does not return when it is
 *     interrupted still counts.
 * @param maxMessages taken and not resolved, over all flows, at least {@code concurrency}; a few
 *     times as many keep handlers busy while more is fetched
 * @param maxBytes the same in bytes, at least 1
 * @param handlerTimeout of one attempt, above zero; interrupts come up to a hundredth later
 * @param policy what becomes of what fails
 */
public record DispatchOptions(
    String name,
    int concurrency,
    int maxMessages,
    long maxBytes,
    Duration handlerTimeout,
    FailurePolicy policy) {

  /** Checks the bounds. */
  public DispatchOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(handlerTimeout, "handlerTimeout");
    Objects.requireNonNull(policy, "policy");
    if (concurrency < 1) {
      throw EventBusException.invalid("concurrency", concurrency, ">= 1");
    }
    if (maxMessages < concurrency) {
      throw EventBusException.invalid("maxMessages", maxMessages, ">= " + concurrency);
    }
    if (maxBytes < 1) {
      throw EventBusException.invalid("maxBytes", maxBytes, ">= 1");
    }
    if (!handlerTimeout.isPositive()) {
      throw EventBusException.invalid("handlerTimeout", handlerTimeout, "> 0");
    }
  }
}
