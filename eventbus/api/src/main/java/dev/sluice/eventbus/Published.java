package dev.sluice.eventbus;

/**
 * Where a broker has a published message.
 *
 * @param topic that it is of
 * @param partition of the topic, by the name that its transport gives it
 * @param offset in the partition; -1 where the broker does not say
 */
public record Published(String topic, String partition, long offset) {}
