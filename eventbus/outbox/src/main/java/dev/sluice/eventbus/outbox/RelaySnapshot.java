package dev.sluice.eventbus.outbox;

import org.jspecify.annotations.Nullable;

/**
 * What a relay does at a moment. {@link Outbox#status} tells what waits.
 *
 * @param published events so far that were then deleted
 * @param failures attempts so far that failed, or whose outcome is unknown
 * @param batches being published
 * @param publishing events being published
 * @param lastError of publishing or of the database; null while the last thing that was tried
 *     succeeded
 */
public record RelaySnapshot(
    long published, long failures, int batches, int publishing, @Nullable String lastError) {}
