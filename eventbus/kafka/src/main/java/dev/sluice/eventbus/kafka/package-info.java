/**
 * The event bus over Kafka, with its own Java client. {@link dev.sluice.eventbus.KafkaOptions} is
 * the way in.
 */
@NullMarked
package dev.sluice.eventbus.kafka;

import org.jspecify.annotations.NullMarked;
