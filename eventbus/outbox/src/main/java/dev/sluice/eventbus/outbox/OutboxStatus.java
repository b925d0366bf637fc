package dev.sluice.eventbus.outbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What waits in an outbox.
 *
 * @param waiting events that are not published
 * @param oldestAge since the oldest of them was appended; zero if there is none
 * @param stuckAggregates aggregates whose oldest event could not be published so far
 * @param lastError why, for one of them; null if there is none
 */
public record OutboxStatus(
    long waiting, Duration oldestAge, long stuckAggregates, @Nullable String lastError) {}
