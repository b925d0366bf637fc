package dev.sluice.eventbus.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * An item that failed as often as it may, and holds up its key or its flow.
 *
 * @param flow the name of its flow
 * @param offset where it is in it
 * @param key its key
 * @param wholeFlow whether the flow stalls, or the key alone
 * @param attempts that failed
 * @param reason the last failure
 */
public record Parked(
    String flow,
    long offset,
    @Nullable String key,
    boolean wholeFlow,
    int attempts,
    String reason) {}
