package dev.sluice.rocketmq.admin;

import java.util.List;

/**
 * Where a topic lives, as a name server tells it.
 *
 * @param topic without the namespace
 * @param brokers those that have it, by name
 */
public record TopicRoute(String topic, List<Place> brokers) {

  /** Keeps the list from changing. */
  public TopicRoute {
    brokers = List.copyOf(brokers);
  }

  /**
   * A broker's part of a topic.
   *
   * @param broker where
   * @param readQueues how many queues can be consumed there
   * @param writeQueues how many can be sent to
   * @param permission what may be done with them
   */
  public record Place(BrokerNode broker, int readQueues, int writeQueues, Permission permission) {}
}
