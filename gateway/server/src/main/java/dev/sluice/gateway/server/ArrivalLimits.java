package dev.sluice.gateway.server;

import java.time.Duration;

/**
 * How much of requests may have arrived that are not complete.
 *
 * @param bytes over all connections
 * @param longest how long one may take
 */
record ArrivalLimits(long bytes, Duration longest) {}
