package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.MessageQueue;
import java.time.Instant;
import java.util.Optional;

/**
 * The messages of a queue.
 *
 * @param queue which
 * @param minOffset of the oldest that it still has
 * @param maxOffset that the next one will get
 * @param lastStored when the last one was stored; empty where none was
 */
public record QueueStatus(
    MessageQueue queue, long minOffset, long maxOffset, Optional<Instant> lastStored) {}
