package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.TopicRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes snapshots of what name servers tell. */
final class RouteMaker {
  private RouteMaker() {}

  /** The route of an existing topic. */
  static Route of(String topic, TopicRoute told) {
    Map<String, Broker> brokers = brokers(told);
    List<TopicQueue> writable = new ArrayList<>();
    List<TopicQueue> readable = new ArrayList<>();
    for (TopicRoute.QueueData data : told.queues()) {
      Broker broker = brokers.get(data.brokerName());
      if (broker == null) {
        continue;
      }
      if (data.isWritable() && broker.master() != null) {
        addQueues(topic, broker, data.writeQueues(), writable);
      }
      if (data.isReadable() && broker.reader() != null) {
        addQueues(topic, broker, data.readQueues(), readable);
      }
    }
    return new Route(topic, List.copyOf(brokers.values()), writable, readable, false);
  }

  /** The route of a topic that will be made after the template by the first send to it. */
  static Route provisional(String topic, Route template, int queuesPerBroker) {
    List<TopicQueue> writable = new ArrayList<>();
    for (int i = 0; i < template.writableCount(); i++) {
      TopicQueue queue = template.writable(i);
      if (queue.id() < queuesPerBroker) {
        writable.add(new TopicQueue(topic, queue.broker(), queue.id()));
      }
    }
    return new Route(topic, template.brokers(), writable, List.of(), true);
  }

  /** The broker set that this tells of. */
  static Broker broker(TopicRoute.BrokerData data) {
    Endpoint master = parse(data.master());
    Endpoint reader = master;
    if (reader == null && !data.addresses().isEmpty()) {
      reader = parse(new TreeMap<>(data.addresses()).firstEntry().getValue());
    }
    return new Broker(data.cluster(), data.brokerName(), master, reader);
  }

  private static Map<String, Broker> brokers(TopicRoute told) {
    Map<String, Broker> brokers = new HashMap<>();
    for (TopicRoute.BrokerData data : told.brokers()) {
      brokers.put(data.brokerName(), broker(data));
    }
    return brokers;
  }

  private static @Nullable Endpoint parse(@Nullable String address) {
    if (address == null) {
      return null;
    }
    try {
      return Endpoint.parse(address);
    } catch (IllegalArgumentException e) {
      throw ClientException.of(
          FailureCategory.INTERNAL, "a name server told of a broker at " + e.getMessage());
    }
  }

  private static void addQueues(String topic, Broker broker, int count, List<TopicQueue> into) {
    for (int id = 0; id < count; id++) {
      into.add(new TopicQueue(topic, broker, id));
    }
  }
}
