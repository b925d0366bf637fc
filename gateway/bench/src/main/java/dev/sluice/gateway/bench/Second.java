package dev.sluice.gateway.bench;

/**
 * What happened in about one second.
 *
 * @param at its end, in seconds since messages count; negative before
 * @param perSecond messages that came through
 * @param p50Millis their median latency; 0 where there were none
 * @param p99Millis what 99 % of them were not above
 * @param failed how often something failed
 */
public record Second(
    double at, double perSecond, double p50Millis, double p99Millis, long failed) {}
