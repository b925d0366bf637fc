package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.requests.TopicRoute.BrokerData;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the brokers that are meant among those that there are. */
final class Chosen {
  private Chosen() {}

  /**
   * Those that are meant.
   *
   * @throws RocketMQException NOT_FOUND naming a cluster that is not there, or a broker that is
   *     not, or has no master now
   */
  static List<BrokerData> of(Where where, List<BrokerData> brokers) {
    return switch (where) {
      case Where.Everywhere() -> brokers;
      case Where.Cluster(String name) -> ofCluster(name, brokers);
      case Where.Brokers(Set<String> names) -> named(names, brokers);
    };
  }

  private static List<BrokerData> ofCluster(String name, List<BrokerData> brokers) {
    List<BrokerData> chosen = brokers.stream().filter(each -> each.cluster().equals(name)).toList();
    if (chosen.isEmpty()) {
      Set<String> there =
          brokers.stream().map(BrokerData::cluster).collect(Collectors.toCollection(TreeSet::new));
      throw absent("cluster: " + name + " (expected: one of " + there + ')');
    }
    return chosen;
  }

  private static List<BrokerData> named(Set<String> names, List<BrokerData> brokers) {
    List<BrokerData> chosen =
        brokers.stream()
            .filter(each -> names.contains(each.brokerName()) && each.master() != null)
            .toList();
    Set<String> missing = new TreeSet<>(names);
    chosen.forEach(each -> missing.remove(each.brokerName()));
    if (!missing.isEmpty()) {
      Set<String> there =
          brokers.stream()
              .filter(each -> each.master() != null)
              .map(BrokerData::brokerName)
              .collect(Collectors.toCollection(TreeSet::new));
      throw absent("broker: " + String.join(", ", missing) + " (expected: one of " + there + ')');
    }
    return chosen;
  }

  private static RocketMQException absent(String text) {
    return RocketMQException.of(Category.NOT_FOUND, text);
  }
}
