package dev.sluice.gateway.deliveries;

/**
 * A delivery's handle after its invisible duration was changed, as callers see it.
 *
 * @param handle takes the old one's place
 * @param visibleAgainAt when the delivery comes again, milliseconds since the epoch
 */
public record SealedHandle(String handle, long visibleAgainAt) {}
