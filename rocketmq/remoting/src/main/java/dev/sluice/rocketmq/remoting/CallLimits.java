package dev.sluice.rocketmq.remoting;

/**
 * How much one connection may have in flight.
 *
 * @param maxCalls calls without an answer
 * @param maxBytes bytes of their requests
 */
record CallLimits(int maxCalls, long maxBytes) {}
