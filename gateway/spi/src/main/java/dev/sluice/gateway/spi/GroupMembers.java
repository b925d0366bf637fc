package dev.sluice.gateway.spi;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who the members of a consumer group are.
 *
 * @param gateways the names of those that {@link Upstream#join joined}, this one among them
 * @param others the names of those that consume on their own, without a gateway
 * @param othersFilter what these ask of the topic; null where there are none, where they do not ask
 *     for it, and where the message system does not tell
 */
public record GroupMembers(
    Set<String> gateways, Set<String> others, @Nullable Filter othersFilter) {

  public GroupMembers {
    gateways = Set.copyOf(gateways);
    others = Set.copyOf(others);
  }
}
