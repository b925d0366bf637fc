package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;

/**
 * What a stream is asked for.
 *
 * @param lease of the upstream that it receives through; open as long as the stream is
 * @param topic what it consumes
 * @param group the consumer group
 * @param filter what of the topic, tags in their normal form
 * @param ordered whether messages with one sharding key come one after the other
 * @param start where the group begins if it has never consumed the topic
 * @param maxHold how long it may hold a delivery
 */
public record StreamSpec(
    UpstreamLease lease,
    String topic,
    String group,
    Filter filter,
    boolean ordered,
    Subscription.Start start,
    Duration maxHold) {}
