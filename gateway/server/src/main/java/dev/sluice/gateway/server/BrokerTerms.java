package dev.sluice.gateway.server;

import dev.sluice.rocketmq.remoting.TlsOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How the gateway treats the brokers.
 *
 * @param readTimeout what no request other than a send may take longer than
 * @param roundsDelaysUp whether a time that they cannot keep is rounded up to one that they can,
 *     and not refused
 * @param orderedGroups the groups that consume in order where brokers cannot be told so; {@code *}
 *     stands for all
 * @param tls how they are spoken to with TLS; empty for plain text
 */
record BrokerTerms(
    Duration readTimeout,
    boolean roundsDelaysUp,
    Set<String> orderedGroups,
    Optional<TlsOptions> tls) {}
