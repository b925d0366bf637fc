/**
 * The event bus over NATS JetStream: a topic is a stream, a group shares its partitions by a record
 * in a key-value bucket, and each partition has one consumer at a time (ADR 26).
 */
@NullMarked
package dev.sluice.eventbus.nats;

import org.jspecify.annotations.NullMarked;
