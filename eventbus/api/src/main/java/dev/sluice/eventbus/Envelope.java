package dev.sluice.eventbus;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event of an aggregate.
 *
 * @param eventId a UUID, of version 7 where this library makes it
 * @param aggregateId 1 to 256 characters of {@code A-Z a-z 0-9 : _ - . /}; the key of its order
 * @param eventType what happened
 * @param eventVersion of the aggregate or of the event's form, above 0
 * @param timestamp when it happened
 * @param traceId of the trace that it belongs to
 * @param correlationId of what it answers or belongs to
 * @param tenantId whose it is
 * @param payload of any content; not copied, must not change
 */
public record Envelope(
    String eventId,
    String aggregateId,
    String eventType,
    long eventVersion,
    Instant timestamp,
    @Nullable String traceId,
    @Nullable String correlationId,
    @Nullable String tenantId,
    byte[] payload) {}
