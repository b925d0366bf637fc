package dev.sluice.eventbus.transport;

/**
 * How a transport is.
 *
 * @param up whether the broker was reached when it was last tried
 * @param detail for a person; no secrets
 * @param rebalances how often partitions were taken away or given, so far
 */
public record TransportHealth(boolean up, String detail, long rebalances) {}
