package dev.sluice.eventbus;

/**
 * What a bus does at a moment.
 *
 * @param publishing messages that are being published
 */
public record BusSnapshot(long publishing) {}
