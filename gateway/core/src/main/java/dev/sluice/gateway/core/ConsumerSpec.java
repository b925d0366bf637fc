package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.Subscription;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks a consumer for.
 *
 * @param endpoint as the caller wrote it; empty or {@code default} for the configured upstream
 * @param instance the caller's name for the instance; may be empty
 * @param credentials for the message system
 * @param topic what it consumes
 * @param group the consumer group
 * @param filter what of the topic
 * @param start where the group begins if it has never consumed the topic
 * @param ordered whether messages with one sharding key come one after the other
 * @param maxHold how long a live stream may hold a delivery; null for the configured time
 */
public record ConsumerSpec(
    String endpoint,
    String instance,
    Credentials credentials,
    String topic,
    String group,
    Filter filter,
    Subscription.Start start,
    boolean ordered,
    @Nullable Duration maxHold) {}
