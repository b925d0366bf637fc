package dev.sluice.rocketmq.admin;

import java.util.List;
import java.util.Map;

/**
 * Who is in a consumer group now, as the brokers know it by heartbeats.
 *
 * @param members by client id, each once
 * @param subscriptions the filter expression of each topic; what one member subscribes to replaces
 *     what another does
 */
public record GroupMembers(List<Member> members, Map<String, String> subscriptions) {

  /** Keeps both from changing. */
  public GroupMembers {
    members = List.copyOf(members);
    subscriptions = Map.copyOf(subscriptions);
  }

  /**
   * A member.
   *
   * @param clientId its name in the group
   * @param address {@code host:port} that it is connected from
   */
  public record Member(String clientId, String address) {}
}
