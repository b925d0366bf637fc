package dev.sluice.gateway.spi;

import java.time.Duration;

/**
 * Asks for messages of one queue from an offset on.
 *
 * @param topic the topic
 * @param group the consumer group in whose name they are read
 * @param filter which messages
 * @param queue one queue; never {@link QueueId#ANY}
 * @param offset the first message wanted, from 0
 * @param max at most so many, from 1
 * @param maxWait how long to wait for the first where the queue ends at the offset
 */
public record PullRequest(
    String topic,
    String group,
    Filter filter,
    QueueId queue,
    long offset,
    int max,
    Duration maxWait) {}
