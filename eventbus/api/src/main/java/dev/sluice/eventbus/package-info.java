/**
 * Events between programs: ordered for each aggregate, handed out at least once, the same over
 * Kafka, NATS JetStream, RocketMQ and memory. {@link dev.sluice.eventbus.EventBus} is the way in.
 */
@NullMarked
package dev.sluice.eventbus;

import org.jspecify.annotations.NullMarked;
