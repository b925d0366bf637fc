package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.Membership;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The members of all groups at one address; guarded by the cluster's lock. */
final class MemoryMembers {

  /** By group and topic, what each upstream shows. */
  private final Map<Key, Map<Object, Membership>> joined = new TreeMap<>();

  /** By group, what each member asks for that is no gateway's. */
  private final Map<String, Map<String, Map<String, Filter>>> others = new TreeMap<>();

  private record Key(String group, String topic) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byGroup = group.compareTo(other.group);
      return byGroup != 0 ? byGroup : topic.compareTo(other.topic);
    }
  }

  void join(Object upstream, Membership membership) {
    joined
        .computeIfAbsent(
            new Key(membership.group(), membership.topic()), unknown -> new LinkedHashMap<>())
        .put(upstream, membership);
  }

  void leave(Object upstream, String topic, String group) {
    joined.computeIfPresent(
        new Key(group, topic),
        (key, all) -> {
          all.remove(upstream);
          return all.isEmpty() ? null : all;
        });
  }

  /** All that the upstream has joined; gives the groups. */
  Set<String> leaveAll(Object upstream) {
    var left = new TreeSet<String>();
    for (Key key : List.copyOf(joined.keySet())) {
      if (joined.getOrDefault(key, Map.of()).containsKey(upstream)) {
        leave(upstream, key.topic, key.group);
        left.add(key.group);
      }
    }
    return left;
  }

  void joinOther(String group, String member, String topic, Filter filter) {
    others
        .computeIfAbsent(group, unknown -> new TreeMap<>())
        .computeIfAbsent(member, unknown -> new TreeMap<>())
        .put(topic, filter);
  }

  void leaveOther(String group, String member) {
    others.getOrDefault(group, Map.of()).remove(member);
  }

  GroupMembers members(String topic, String group) {
    Map<String, Map<String, Filter>> foreign = others.getOrDefault(group, Map.of());
    Filter asked =
        foreign.values().stream()
            .flatMap(topics -> Stream.ofNullable(topics.get(topic)))
            .findFirst()
            .orElse(null);
    var gateways = new TreeSet<String>();
    shown(group).forEach(each -> gateways.add(each.member()));
    return new GroupMembers(gateways, foreign.keySet(), asked);
  }

  /** What the group is shown as: nothing while it has members of its own. */
  List<Membership> shown(String group) {
    if (!others.getOrDefault(group, Map.of()).isEmpty()) {
      return List.of();
    }
    return joined.entrySet().stream()
        .filter(entry -> entry.getKey().group.equals(group))
        .flatMap(entry -> entry.getValue().values().stream())
        .toList();
  }
}
