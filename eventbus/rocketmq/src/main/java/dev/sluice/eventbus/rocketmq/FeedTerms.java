package dev.sluice.eventbus.rocketmq;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.Membership;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * What feeds have in common.
 *
 * @param pollWait how long a broker keeps a pull of a queue without new messages
 * @param moved told where the group is to go on in a queue
 */
record FeedTerms(
    Membership membership,
    Duration pollWait,
    Reachability reachability,
    BiConsumer<MessageQueue, Long> moved) {}
