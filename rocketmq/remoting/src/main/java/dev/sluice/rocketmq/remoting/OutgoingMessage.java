package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.SendBatch;

/**
 * One message to send, but for where it goes.
 *
 * @param producerGroup whom the broker files the sender under; not empty
 * @param systemFlags see {@link dev.sluice.rocketmq.requests.SystemFlags}
 * @param bornMillis when it was made, since the epoch
 * @param content its own flag, properties and body
 */
public record OutgoingMessage(
    String producerGroup, int systemFlags, long bornMillis, SendBatch.Member content) {}
