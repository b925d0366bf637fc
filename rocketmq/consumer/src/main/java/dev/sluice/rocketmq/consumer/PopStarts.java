package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.BrokerRuntime;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.Calls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes before the first pop of a topic: whether its brokers can, and where a new group
 * begins, as pop's own "latest" gives what is still in memory. Safe for all threads.
 */
final class PopStarts {
  private static final Logger log = LoggerFactory.getLogger(PopStarts.class);
  private static final int FIVE = 5;

  private final Membership parts;
  private final boolean ordered;

  /** As many as there are topics; one that failed is removed. */
  private final Map<String, CompletableFuture<@Nullable Void>> prepared = new ConcurrentHashMap<>();

  PopStarts(Membership parts, boolean ordered) {
    this.parts = parts;
    this.ordered = ordered;
  }

  /** Done once for each topic; others wait for whoever does it. */
  void prepare(String topic, FilterExpression wanted) throws InterruptedException {
    CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> first = prepared.putIfAbsent(topic, mine);
    if (first != null) {
      await(first);
      return;
    }
    try {
      refuseOld(topic);
      show(topic, wanted.filter());
      begin(topic);
      mine.complete(null);
    } catch (RuntimeException e) {
      failed(topic, mine, e);
      throw e;
    } catch (InterruptedException e) {
      failed(topic, mine, e);
      throw e;
    }
  }

  private void failed(String topic, CompletableFuture<@Nullable Void> mine, Exception failure) {
    prepared.remove(topic, mine);
    mine.completeExceptionally(failure);
  }

  private static void await(CompletableFuture<?> done) throws InterruptedException {
    try {
      done.get();
    } catch (ExecutionException e) {
      throw RocketMQException.rethrown(e);
    }
  }

  /** One that does not tell is given the benefit of the doubt. */
  private void refuseOld(String topic) throws InterruptedException {
    for (Broker broker : parts.directory().route(topic).brokers()) {
      Endpoint master = broker.master();
      if (master == null) {
        continue;
      }
      BrokerRuntime runtime;
      try {
        runtime =
            Calls.await(
                reply ->
                    parts
                        .remoting()
                        .commands()
                        .call(
                            master,
                            new BrokerRuntime.Get(),
                            Commands.Effect.READS,
                            parts.terms().client().callTimeout().toMillis(),
                            reply));
      } catch (RocketMQException e) {
        continue;
      }
      if (runtime.majorVersion() != 0 && runtime.majorVersion() < FIVE) {
        throw RocketMQException.invalid(
            "broker " + broker.name() + " of topic " + topic,
            runtime.version(),
            "RocketMQ 5 or later, as older ones cannot pop; a "
                + (ordered ? "push consumer with an ordered handler" : "push or pull consumer")
                + " works there");
      }
    }
  }

  /** Brokers make a new group by it, for which offsets can be committed then. */
  private void show(String topic, Filter filter) throws InterruptedException {
    try {
      Calls.<Done>await(
          reply ->
              parts.remoting().memberships().joinConsumers(parts.group(), topic, filter, reply));
    } catch (RocketMQException e) {
      log.warn("No broker has heard of {} yet: {}", parts.group(), e.getMessage());
    }
  }

  /**
   * Commits where the group is to start, where it has no offset of the topic. Where to start is
   * asked before what is committed, so that a member that starts at the same time skips nothing.
   */
  private void begin(String topic) throws InterruptedException {
    if (parts.terms().startFrom() instanceof StartFrom.First) {
      return;
    }
    List<TopicQueue> queues = new ArrayList<>();
    for (MessageQueue queue : parts.directory().queues(topic)) {
      queues.add(parts.directory().find(queue));
    }
    if (queues.isEmpty() || committed(queues.getFirst()) != Offsets.NONE) {
      return;
    }
    List<Long> starts = new ArrayList<>();
    for (TopicQueue queue : queues) {
      starts.add(start(queue));
    }
    for (TopicQueue queue : queues) {
      if (committed(queue) != Offsets.NONE) {
        return;
      }
    }
    // One after the other: first offsets that reach a broker at once may overwrite each other.
    for (int i = 0; i < queues.size(); i++) {
      TopicQueue queue = queues.get(i);
      long offset = starts.get(i);
      Calls.<Done>await(
          reply -> parts.remoting().offsets().commit(parts.group(), queue, offset, reply));
    }
  }

  private long committed(TopicQueue queue) throws InterruptedException {
    return Calls.<Long>await(
        reply -> parts.remoting().offsets().committed(parts.group(), queue, reply));
  }

  private long start(TopicQueue queue) throws InterruptedException {
    Offsets offsets = parts.remoting().offsets();
    return switch (parts.terms().startFrom()) {
      case StartFrom.First() -> Calls.<Long>await(reply -> offsets.min(queue, reply));
      case StartFrom.Last() -> Calls.<Long>await(reply -> offsets.max(queue, reply));
      case StartFrom.At at ->
          Calls.<Long>await(reply -> offsets.byTime(queue, at.time().toEpochMilli(), reply));
    };
  }
}
