package dev.sluice.eventbus;

import java.time.Duration;
import java.util.Objects;

/**
 * How a topic is consumed.
 *
 * @param policy what becomes of what fails
 * @param concurrency handlers that run at a time, 1 to 100,000
 * @param handlerTimeout of one attempt, above zero, at most a day
 * @param maxMessages fetched and not resolved, from {@code concurrency} to 1,000,000
 * @param maxBytes the same in bytes of bodies and headers, at least 64 KiB
 */
public record SubscribeOptions(
    FailurePolicy policy,
    int concurrency,
    Duration handlerTimeout,
    int maxMessages,
    long maxBytes) {

  /** Handlers that run at a time. */
  public static final int DEFAULT_CONCURRENCY = 256;

  /** Of one attempt. */
  public static final Duration DEFAULT_HANDLER_TIMEOUT = Duration.ofSeconds(30);

  /** Fetched and not resolved. */
  public static final int DEFAULT_MAX_MESSAGES = 10_000;

  /** The same in bytes: 64 MiB. */
  public static final long DEFAULT_MAX_BYTES = 64L << 20;

  private static final Duration DAY = Duration.ofDays(1);

  /** Checks the bounds. */
  public SubscribeOptions {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(handlerTimeout, "handlerTimeout");
    if (concurrency < 1 || concurrency > 100_000) {
      throw EventBusException.invalid("concurrency", concurrency, "1 to 100000");
    }
    if (!handlerTimeout.isPositive() || handlerTimeout.compareTo(DAY) > 0) {
      throw EventBusException.invalid("handlerTimeout", handlerTimeout, "> 0 and <= " + DAY);
    }
    if (maxMessages < concurrency || maxMessages > 1_000_000) {
      throw EventBusException.invalid("maxMessages", maxMessages, concurrency + " to 1000000");
    }
    if (maxBytes < 65_536) {
      throw EventBusException.invalid("maxBytes", maxBytes, ">= 65536");
    }
  }

  /** This policy, and the defaults. */
  public static SubscribeOptions of(FailurePolicy policy) {
    return new SubscribeOptions(
        policy,
        DEFAULT_CONCURRENCY,
        DEFAULT_HANDLER_TIMEOUT,
        DEFAULT_MAX_MESSAGES,
        DEFAULT_MAX_BYTES);
  }

  /** With so many handlers at a time. */
  public SubscribeOptions concurrency(int handlers) {
    return new SubscribeOptions(
        policy, handlers, handlerTimeout, Math.max(handlers, maxMessages), maxBytes);
  }

  /** With so much time for an attempt. */
  public SubscribeOptions handlerTimeout(Duration time) {
    return new SubscribeOptions(policy, concurrency, time, maxMessages, maxBytes);
  }

  /** With so much fetched at a time. */
  public SubscribeOptions fetched(int messages, long bytes) {
    return new SubscribeOptions(policy, concurrency, handlerTimeout, messages, bytes);
  }
}
