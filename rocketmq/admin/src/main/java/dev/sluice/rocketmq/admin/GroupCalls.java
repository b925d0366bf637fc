package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.CreateGroup;
import dev.sluice.rocketmq.requests.DeleteGroup;
import dev.sluice.rocketmq.requests.GroupConfig;
import dev.sluice.rocketmq.requests.GroupConnections;
import dev.sluice.rocketmq.requests.GroupStatus;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.requests.ResetOffsets;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What is asked about consumer groups. */
final class GroupCalls {
  private final Requests requests;
  private final QueueCalls queues;

  GroupCalls(Requests requests, QueueCalls queues) {
    this.requests = requests;
    this.queues = queues;
  }

  CompletableFuture<Void> create(GroupSettings group, Where where) {
    GroupConfig config =
        new GroupConfig(
            requests.wrap(group.name()),
            group.ordered(),
            group.maxRetries(),
            retries(group.retryPolicy()),
            null,
            new GroupConfig.Access(group.consume(), group.broadcast(), true, group.retryQueues()));
    CompletableFuture<Void> allowed =
        group.retryPolicy() instanceof RetryPolicy.Usual
            ? CompletableFuture.completedFuture(null)
            : requests.requireFive(
                where, "retryPolicy of group " + group.name(), group.retryPolicy());
    return allowed.thenCompose(yes -> requests.changeEach(where, CreateGroup.of(config)));
  }

  private static GroupConfig.Retries retries(RetryPolicy policy) {
    return switch (policy) {
      case RetryPolicy.Usual usual -> GroupConfig.Retries.USUAL;
      case RetryPolicy.Steps steps ->
          new GroupConfig.Retries.Steps(steps.waits().stream().map(Duration::toMillis).toList());
      case RetryPolicy.Growing growing ->
          new GroupConfig.Retries.Growing(
              growing.initial().toMillis(), growing.max().toMillis(), growing.factor());
    };
  }

  private static RetryPolicy policy(GroupConfig.Retries retries) {
    if (retries.equals(GroupConfig.Retries.USUAL)) {
      return RetryPolicy.USUAL;
    }
    return switch (retries) {
      case GroupConfig.Retries.Steps steps ->
          new RetryPolicy.Steps(steps.millis().stream().map(Duration::ofMillis).toList());
      case GroupConfig.Retries.Growing growing ->
          new RetryPolicy.Growing(
              Duration.ofMillis(growing.initialMillis()),
              Duration.ofMillis(growing.maxMillis()),
              Math.clamp(growing.factor(), 1, Integer.MAX_VALUE));
    };
  }

  CompletableFuture<Void> delete(String group, boolean withOffsets) {
    return requests.changeEach(
        Where.everywhere(), new DeleteGroup(requests.wrap(group), withOffsets));
  }

  CompletableFuture<GroupSettings> settings(String group) {
    return FutureReply.<GroupConfig>of(
            reply -> requests.remoting().administration().group(requests.wrap(group), reply))
        .thenApply(
            config ->
                new GroupSettings(
                    group,
                    config.ordered(),
                    config.access().consume(),
                    config.access().broadcast(),
                    Math.max(0, config.maxRetries()),
                    Math.max(1, config.access().retryQueues()),
                    policy(config.retries())));
  }

  CompletableFuture<GroupMembers> members(String group) {
    return requests
        .masterAddresses()
        .thenCompose(
            masters -> requests.readEach(masters, new GroupConnections.Get(requests.wrap(group))))
        .thenApply(this::members);
  }

  private GroupMembers members(List<GroupConnections> parts) {
    Map<String, GroupMembers.Member> members = new TreeMap<>();
    Map<String, String> subscriptions = new LinkedHashMap<>();
    for (GroupConnections part : parts) {
      for (GroupConnections.Member each : part.members()) {
        members.put(each.clientId(), new GroupMembers.Member(each.clientId(), each.address()));
      }
      part.subscriptions()
          .forEach(
              (topic, subscription) ->
                  subscriptions.put(requests.unwrap(topic), subscription.expression()));
    }
    return new GroupMembers(List.copyOf(members.values()), subscriptions);
  }

  CompletableFuture<GroupProgress> progress(String group) {
    String wrapped = requests.wrap(group);
    return requests
        .masterAddresses()
        .thenCompose(masters -> requests.readEach(masters, new GroupStatus.Get(wrapped, null)))
        .thenApply(parts -> new GroupProgress(group, positions(parts)));
  }

  private List<GroupProgress.Position> positions(List<GroupStatus> parts) {
    List<GroupProgress.Position> positions = new ArrayList<>();
    for (GroupStatus part : parts) {
      part.queues()
          .forEach(
              (queue, position) ->
                  positions.add(
                      new GroupProgress.Position(
                          requests.unwrap(queue),
                          position.maxOffset(),
                          position.committed(),
                          TopicCalls.time(position.lastConsumed()))));
    }
    positions.sort(Comparator.comparing(GroupProgress.Position::queue));
    return positions;
  }

  CompletableFuture<Map<MessageQueue, Long>> resetOffsets(
      String group, String topic, Instant time) {
    String wrapped = requests.wrap(topic);
    ResetOffsets request =
        new ResetOffsets(wrapped, requests.wrap(group), time.toEpochMilli(), true);
    return requests
        .route(wrapped)
        .thenCompose(
            route ->
                Requests.all(
                    route.brokers().stream()
                        .map(
                            broker ->
                                reset(
                                    Requests.there(broker.name(), broker.master()),
                                    request,
                                    route,
                                    broker.name(),
                                    group,
                                    time))
                        .toList()))
        .thenApply(GroupCalls::joined);
  }

  private static Map<MessageQueue, Long> joined(List<Map<MessageQueue, Long>> parts) {
    Map<MessageQueue, Long> all = new TreeMap<>();
    parts.forEach(all::putAll);
    return all;
  }

  /** By the broker, which tells the members; where there are none and it will not, by hand. */
  private CompletableFuture<Map<MessageQueue, Long>> reset(
      Endpoint master,
      ResetOffsets request,
      Route route,
      String broker,
      String group,
      Instant time) {
    return requests
        .change(master, request)
        .thenApply(this::unwrapped)
        .exceptionallyCompose(
            failure -> {
              RocketMQException known = RocketMQException.from(failure);
              return known.responseCode().orElse(0) == ResponseCode.CONSUMER_NOT_ONLINE
                  ? move(route, broker, group, time)
                  : CompletableFuture.failedFuture(known);
            });
  }

  private Map<MessageQueue, Long> unwrapped(Map<QueueLocks.Queue, Long> offsets) {
    Map<MessageQueue, Long> all = new TreeMap<>();
    offsets.forEach((queue, offset) -> all.put(requests.unwrap(queue), offset));
    return all;
  }

  private CompletableFuture<Map<MessageQueue, Long>> move(
      Route route, String broker, String group, Instant time) {
    List<CompletableFuture<Map<MessageQueue, Long>>> moves = new ArrayList<>();
    for (TopicQueue queue : route.readableQueues()) {
      if (queue.broker().name().equals(broker)) {
        MessageQueue named = new MessageQueue(requests.unwrap(queue.topic()), broker, queue.id());
        moves.add(
            queues
                .offsetAt(named, time)
                .thenCompose(
                    offset ->
                        queues
                            .commit(group, named, offset)
                            .thenApply(done -> Map.of(named, offset))));
      }
    }
    if (moves.isEmpty()) {
      return CompletableFuture.failedFuture(
          RocketMQException.of(
              Category.NOT_FOUND, "broker: " + broker + " has no queue of the topic to read"));
    }
    return Requests.all(moves).thenApply(GroupCalls::joined);
  }
}
