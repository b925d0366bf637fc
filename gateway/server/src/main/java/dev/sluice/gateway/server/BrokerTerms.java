package dev.sluice.gateway.server;

import java.time.Duration;
import java.util.Set;

/**
 * How the gateway treats the brokers.
 *
 * @param readTimeout what no request other than a send may take longer than
 * @param roundsDelaysUp whether a time that they cannot keep is rounded up to one that they can,
 *     and not refused
 * @param orderedGroups the groups that consume in order where brokers cannot be told so; {@code *}
 *     stands for all
 */
record BrokerTerms(Duration readTimeout, boolean roundsDelaysUp, Set<String> orderedGroups) {}
