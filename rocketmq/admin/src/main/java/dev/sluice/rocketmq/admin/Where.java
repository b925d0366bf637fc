package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.RocketMQException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Brokers that something is to be made at, by the names that {@link Admin#brokers} tells. At a
 * broker it is made at the master. Immutable.
 */
public sealed interface Where {

  /** All brokers of all clusters. */
  record Everywhere() implements Where {}

  /** All brokers of one cluster. */
  record Cluster(String name) implements Where {}

  /** These brokers. */
  record Brokers(Set<String> names) implements Where {

    /**
     * Keeps the names from changing.
     *
     * @throws RocketMQException INVALID_ARGUMENT if there are none
     */
    public Brokers {
      names = Set.copyOf(names);
      if (names.isEmpty()) {
        throw RocketMQException.invalid("brokers", "none", "one at least");
      }
    }

    @Override
    public String toString() {
      return "Brokers" + new TreeSet<>(names);
    }
  }

  /** At all brokers of all clusters. */
  static Where everywhere() {
    return new Everywhere();
  }

  /** At all brokers of one cluster. */
  static Where cluster(String name) {
    return new Cluster(name);
  }

  /** At these brokers. */
  static Where brokers(String... names) {
    return new Brokers(Set.copyOf(List.of(names)));
  }
}
