package dev.sluice.gateway.bench;

/**
 * Whether a result meets a threshold.
 *
 * @param name what is compared
 * @param limit what is allowed, for people
 * @param measured what was measured, for people
 */
public record Verdict(String name, String limit, String measured, boolean met) {}
