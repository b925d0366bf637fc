package dev.sluice.gateway.bench;

/**
 * What failed for one reason.
 *
 * @param step what was tried: {@code send}, {@code receive} or {@code acknowledge}
 * @param code the gateway's failure code, gRPC's status, or what did not come: one of a fixed set
 * @param count how often
 * @param first what the first of them said
 */
public record Failure(String step, String code, long count, String first) {}
