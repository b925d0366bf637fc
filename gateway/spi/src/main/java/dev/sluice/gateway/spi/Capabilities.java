package dev.sluice.gateway.spi;

import java.util.Set;

/**
 * What a message system can do; decided when an upstream starts.
 *
 * @param kind a name for people: {@code RocketMQ 5.5.0}
 * @param handlesAreLocal whether only the process that received a delivery can acknowledge it
 * @param exactDelay whether {@link Schedule.At} is kept to the second
 * @param sqlFilters whether {@link Filter.Type#SQL} is understood
 * @param createsTopicsOnSend whether a topic comes into being with its first message
 * @param transactions whether {@link Upstream#begin} and {@link Upstream#end} work
 * @param messageKinds the kinds of message that it knows at all; a topic may take fewer
 * @param maxBatchBytes the largest encoded batch that it takes
 * @param maxBodyBytes the largest body that it takes
 */
public record Capabilities(
    String kind,
    boolean handlesAreLocal,
    boolean exactDelay,
    boolean sqlFilters,
    boolean createsTopicsOnSend,
    boolean transactions,
    Set<Topology.MessageKind> messageKinds,
    int maxBatchBytes,
    int maxBodyBytes) {
  public Capabilities {
    messageKinds = Set.copyOf(messageKinds);
  }
}
