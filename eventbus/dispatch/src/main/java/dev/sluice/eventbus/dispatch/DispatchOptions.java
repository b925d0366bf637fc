package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.FailurePolicy;
import java.time.Duration;

/**
 * The bounds of a dispatcher.
 *
 * @param name of its owner, in reports and thread names
 * @param concurrency handlers that run at a time, at least 1
 * @param maxMessages taken and not resolved, over all flows, at least {@code concurrency}
 * @param maxBytes the same in bytes, at least 1
 * @param handlerTimeout of one attempt
 * @param policy what becomes of what fails
 */
public record DispatchOptions(
    String name,
    int concurrency,
    int maxMessages,
    long maxBytes,
    Duration handlerTimeout,
    FailurePolicy policy) {}
