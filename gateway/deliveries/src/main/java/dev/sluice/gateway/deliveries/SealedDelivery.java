package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;

/**
 * A delivery as callers see it.
 *
 * @param delivery whose own handle is not for callers
 * @param handle what callers acknowledge it by
 */
public record SealedDelivery(Delivery delivery, String handle) {}
