package dev.sluice.eventbus.outbox;

import java.time.Instant;

/**
 * An aggregate whose oldest event could not be published. What comes after it waits.
 *
 * @param aggregateId of the aggregate
 * @param position of that event in the outbox
 * @param attempts that failed
 * @param since the first failure
 * @param nextAttempt no earlier than this
 * @param lastError the last failure, its first 1000 characters
 */
public record StuckAggregate(
    String aggregateId,
    long position,
    int attempts,
    Instant since,
    Instant nextAttempt,
    String lastError) {}
