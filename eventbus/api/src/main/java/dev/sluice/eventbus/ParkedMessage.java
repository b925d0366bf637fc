package dev.sluice.eventbus;

import org.jspecify.annotations.Nullable;

/**
 * A message that failed as often as it may, and holds up its key or its partition.
 *
 * @param partition that it is in
 * @param offset where it is in it
 * @param key its key
 * @param wholePartition whether its partition waits, or its key alone
 * @param attempts that failed
 * @param reason the last failure
 */
public record ParkedMessage(
    String partition,
    long offset,
    @Nullable String key,
    boolean wholePartition,
    int attempts,
    String reason) {}
