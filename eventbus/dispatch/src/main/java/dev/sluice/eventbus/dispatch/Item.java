package dev.sluice.eventbus.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * What a flow takes in.
 *
 * @param offset where it is in its flow: above that of the item offered before it, by any distance
 * @param key what is handled in order; null for what may be handled in any
 * @param bytes what it counts for in bounds, at least 1
 * @param message what the handler gets
 */
public record Item<T>(long offset, @Nullable String key, int bytes, T message) {}
