package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import java.util.Set;

/**
 * The queues of a topic have been shared anew.
 *
 * @param topic the topic, without the namespace
 * @param all its queues that can be read
 * @param mine those of them that are this consumer's now
 */
public record AssignmentChange(String topic, Set<MessageQueue> all, Set<MessageQueue> mine) {}
