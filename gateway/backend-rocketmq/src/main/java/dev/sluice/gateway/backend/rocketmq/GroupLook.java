package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.GroupConnections;
import dev.sluice.rocketmq.requests.Heartbeat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The members of a group as the brokers know them.
 *
 * @param gateways the names of those that are gateways
 * @param others the client ids of the others
 * @param asked what these ask for, by topic; empty where the brokers do not tell
 */
record GroupLook(Set<String> gateways, Set<String> others, Map<String, Filter> asked) {

  /** What gateways show has counted versions, which yield to those of the others: times. */
  private static final long FIRST_TIME = 1L << 32;

  GroupLook {
    gateways = Set.copyOf(gateways);
    others = Set.copyOf(others);
    asked = Map.copyOf(asked);
  }

  /** Asks the brokers; where they tell no more to this caller, for the ids alone. */
  static void at(RemotingClient client, String group, Reply<GroupLook> reply) {
    client
        .memberships()
        .members(
            group,
            Then.of(
                found -> reply.done(of(found)),
                failure -> {
                  if (failure.category() == FailureCategory.UNAUTHENTICATED) {
                    client
                        .memberships()
                        .memberIds(
                            group, Then.of(ids -> reply.done(of(ids, Map.of())), reply::failed));
                  } else {
                    reply.failed(failure);
                  }
                }));
  }

  private static GroupLook of(List<GroupConnections> brokers) {
    List<String> ids = new ArrayList<>();
    Map<String, Filter> asked = new HashMap<>();
    for (GroupConnections broker : brokers) {
      broker.members().forEach(member -> ids.add(member.clientId()));
      broker
          .subscriptions()
          .forEach(
              (topic, subscription) -> {
                if (subscription.version() >= FIRST_TIME) {
                  asked.put(topic, filter(subscription));
                }
              });
    }
    return of(ids, asked);
  }

  private static GroupLook of(List<String> ids, Map<String, Filter> asked) {
    Set<String> gateways = new TreeSet<>();
    Set<String> others = new TreeSet<>();
    for (String id : ids) {
      String member = GatewayName.memberOf(id);
      if (member == null) {
        others.add(id);
      } else {
        gateways.add(member);
      }
    }
    return new GroupLook(gateways, others, others.isEmpty() ? Map.of() : asked);
  }

  private static Filter filter(Heartbeat.Subscription subscription) {
    String expression = subscription.expression().strip();
    if (!subscription.expressionType().equals("TAG")) {
      return new Filter(Filter.Type.SQL, expression);
    }
    return expression.isEmpty() || expression.equals("*")
        ? Filter.ALL
        : new Filter(Filter.Type.TAG, expression);
  }

  GroupLook without(String gateway) {
    Set<String> rest = new TreeSet<>(gateways);
    rest.remove(gateway);
    return new GroupLook(rest, others, asked);
  }

  GroupMembers of(String topic) {
    return new GroupMembers(gateways, others, asked.get(topic));
  }
}
