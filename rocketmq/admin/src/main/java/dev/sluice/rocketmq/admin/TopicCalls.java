package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.TopicConfig;
import dev.sluice.rocketmq.requests.TopicRequests;
import dev.sluice.rocketmq.requests.TopicStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What is asked about topics. */
final class TopicCalls {
  private final Requests requests;

  TopicCalls(Requests requests) {
    this.requests = requests;
  }

  CompletableFuture<Void> create(TopicSettings topic, Where where) {
    TopicType type = topic.type();
    if (type == TopicType.OTHER) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid("type of topic " + topic.name(), type, "a known one"));
    }
    TopicConfig config =
        new TopicConfig(
            requests.wrap(topic.name()),
            topic.readQueues(),
            topic.writeQueues(),
            topic.permission().bits(),
            topic.ordered(),
            type == TopicType.UNSPECIFIED
                ? Map.of()
                : Map.of(TopicConfig.MESSAGE_TYPE, type.name()));
    CompletableFuture<Void> allowed =
        type == TopicType.UNSPECIFIED
            ? CompletableFuture.completedFuture(null)
            : requests.requireFive(where, "type of topic " + topic.name(), type);
    return allowed
        .thenCompose(yes -> requests.changeEach(where, new TopicRequests.CreateTopic(config)))
        .thenCompose(done -> forgetRoute(config.topic()));
  }

  /** The next send or lookup sees the topic as it is; that there is none yet is no failure. */
  private CompletableFuture<Void> forgetRoute(String wrapped) {
    return requests.route(wrapped).handle((route, failure) -> null);
  }

  CompletableFuture<Void> delete(String topic) {
    return FutureReply.<Done>of(
            reply -> requests.remoting().administration().deleteTopic(requests.wrap(topic), reply))
        .thenAccept(done -> {});
  }

  CompletableFuture<List<String>> all() {
    return FutureReply.<List<String>>of(
            reply -> requests.remoting().administration().listTopics(reply))
        .thenApply(
            topics ->
                topics.stream()
                    .filter(requests::isInNamespace)
                    .map(requests::unwrap)
                    .sorted()
                    .toList());
  }

  CompletableFuture<TopicSettings> settings(String topic) {
    return FutureReply.<TopicConfig>of(
            reply -> requests.remoting().administration().topicConfig(requests.wrap(topic), reply))
        .thenApply(
            config ->
                new TopicSettings(
                    topic,
                    config.readQueues(),
                    config.writeQueues(),
                    Permission.of(config.permission()),
                    type(config.messageType()),
                    config.ordered()));
  }

  private static TopicType type(String name) {
    for (TopicType type : TopicType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return TopicType.OTHER;
  }

  CompletableFuture<TopicRoute> route(String topic) {
    return FutureReply.<dev.sluice.rocketmq.requests.TopicRoute>of(
            reply -> requests.remoting().administration().route(requests.wrap(topic), reply))
        .thenApply(route -> new TopicRoute(topic, places(route)));
  }

  private static List<TopicRoute.Place> places(dev.sluice.rocketmq.requests.TopicRoute route) {
    List<TopicRoute.Place> places = new ArrayList<>();
    for (var broker : route.brokers()) {
      for (var queues : route.queues()) {
        if (queues.brokerName().equals(broker.brokerName())) {
          places.add(
              new TopicRoute.Place(
                  BrokerCalls.node(broker),
                  queues.readQueues(),
                  queues.writeQueues(),
                  Permission.of(queues.permission())));
        }
      }
    }
    places.sort(Comparator.comparing(place -> place.broker().name()));
    return places;
  }

  CompletableFuture<List<QueueStatus>> status(String topic) {
    String wrapped = requests.wrap(topic);
    return requests
        .route(wrapped)
        .thenCompose(
            route -> {
              List<Endpoint> masters =
                  route.brokers().stream()
                      .map(broker -> Requests.there(broker.name(), broker.master()))
                      .toList();
              return requests.readEach(masters, new TopicStatus.Get(wrapped));
            })
        .thenApply(
            parts ->
                parts.stream()
                    .flatMap(part -> part.queues().entrySet().stream())
                    .map(entry -> status(requests.unwrap(entry.getKey()), entry.getValue()))
                    .sorted(Comparator.comparing(QueueStatus::queue))
                    .toList());
  }

  private static QueueStatus status(MessageQueue queue, TopicStatus.Range range) {
    return new QueueStatus(queue, range.minOffset(), range.maxOffset(), time(range.lastStored()));
  }

  static Optional<Instant> time(long epochMillis) {
    return epochMillis <= 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(epochMillis));
  }
}
