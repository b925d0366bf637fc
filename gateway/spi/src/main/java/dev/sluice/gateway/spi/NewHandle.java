package dev.sluice.gateway.spi;

/**
 * A delivery's handle after its invisible duration was changed.
 *
 * @param handle takes the old one's place
 * @param visibleAgainAt when the delivery comes again, milliseconds since the epoch
 */
public record NewHandle(String handle, long visibleAgainAt) {}
