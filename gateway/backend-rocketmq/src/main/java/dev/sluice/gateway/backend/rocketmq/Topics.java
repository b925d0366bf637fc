package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.BrokerInfo;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.remoting.TopicSpec;
import dev.sluice.rocketmq.requests.TopicRequests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What topics there are, where they live and what they take. Called on loops only. */
final class Topics {
  private static final Duration KINDS_KEPT = Duration.ofSeconds(30);
  private static final int MOST_KINDS_KEPT = 10_000;

  private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(5);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /** Of consumer groups: topics all the same, but not what anybody asks for. */
  private static final List<String> OF_GROUPS = List.of("%RETRY%", "%DLQ%");

  private static final String REPLY_SUFFIX = "_REPLY_TOPIC";

  private final RemotingClient client;
  private final EventLoops loops;
  private final Clock clock;
  private final Supplier<BrokerFacts> facts;

  /** Bounded by {@link #MOST_KINDS_KEPT}; entries are replaced when they are too old. */
  private final Map<String, Kept> kinds = new ConcurrentHashMap<>();

  private record Kept(Set<MessageKind> kinds, long untilNanos) {}

  Topics(RemotingClient client, EventLoops loops, Clock clock, Supplier<BrokerFacts> facts) {
    this.client = client;
    this.loops = loops;
    this.clock = clock;
    this.facts = facts;
  }

  /** See {@code Upstream.topology}. */
  void topology(String topic, Completion<Topology> completion) {
    client
        .routes()
        .lookup(
            topic,
            Then.of(
                route -> topology(route, completion),
                failure -> completion.failed(Failures.of(failure, topic))));
  }

  private void topology(Route route, Completion<Topology> completion) {
    String topic = route.topic();
    List<Topology.Queue> queues = queues(route);
    if (queues.isEmpty()) {
      completion.failed(
          GatewayException.unavailable(
              "topic: '" + topic + "' has no queue on a broker that is there", null));
      return;
    }
    if (facts.get().release().classic()) {
      // Topics have no type there.
      completion.done(new Topology(topic, queues, BrokerFacts.WITHOUT_TYPE));
      return;
    }
    Kept kept = kinds.get(topic);
    if (kept != null && kept.untilNanos - clock.nanoTime() > 0) {
      completion.done(new Topology(topic, queues, kept.kinds));
      return;
    }
    List<Endpoint> masters = new ArrayList<>();
    for (Broker broker : route.brokers()) {
      if (broker.master() != null) {
        masters.add(broker.master());
      }
    }
    askKinds(topic, queues, masters, completion);
  }

  /** Asks one broker after the other until one answers. */
  private void askKinds(
      String topic,
      List<Topology.Queue> queues,
      List<Endpoint> masters,
      Completion<Topology> completion) {
    if (masters.isEmpty()) {
      completion.done(new Topology(topic, queues, BrokerFacts.WITHOUT_TYPE));
      return;
    }
    client
        .commands()
        .call(
            masters.getFirst(),
            new TopicRequests.GetTopicConfig(topic),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            Then.of(
                config -> {
                  Set<MessageKind> accepts = kindsOf(config.messageType());
                  if (kinds.size() >= MOST_KINDS_KEPT) {
                    kinds.clear();
                  }
                  kinds.put(topic, new Kept(accepts, clock.nanoTime() + KINDS_KEPT.toNanos()));
                  completion.done(new Topology(topic, queues, accepts));
                },
                failure -> {
                  boolean refused = failure.code() != ClientException.NO_CODE;
                  if (masters.size() > 1 || refused) {
                    askKinds(topic, queues, masters.subList(1, masters.size()), completion);
                  } else {
                    completion.failed(Failures.of(failure, topic));
                  }
                }));
  }

  private static Set<MessageKind> kindsOf(String messageType) {
    for (MessageKind kind : MessageKind.values()) {
      if (kind.name().equals(messageType)) {
        return Set.of(kind);
      }
    }
    return BrokerFacts.WITHOUT_TYPE;
  }

  private static List<Topology.Queue> queues(Route route) {
    Map<String, TreeMap<Integer, Topology.Queue>> byBroker = new TreeMap<>();
    for (TopicQueue queue : route.readableQueues()) {
      byBroker
          .computeIfAbsent(queue.broker().name(), name -> new TreeMap<>())
          .put(queue.id(), new Topology.Queue(id(queue), true, false));
    }
    for (TopicQueue queue : route.writableQueues()) {
      byBroker
          .computeIfAbsent(queue.broker().name(), name -> new TreeMap<>())
          .merge(
              queue.id(),
              new Topology.Queue(id(queue), false, true),
              (readable, writable) -> new Topology.Queue(readable.id(), true, true));
    }
    return byBroker.values().stream().flatMap(each -> each.values().stream()).toList();
  }

  private static QueueId id(TopicQueue queue) {
    return new QueueId(queue.broker().name(), queue.id());
  }

  /** See {@code Upstream.topics}. */
  void topics(Completion<List<String>> completion) {
    client
        .administration()
        .brokers(
            Then.of(
                brokers -> topics(brokers, completion),
                failure -> completion.failed(Failures.of(failure, ""))));
  }

  private void topics(List<BrokerInfo> brokers, Completion<List<String>> completion) {
    Set<String> own = new HashSet<>();
    for (BrokerInfo broker : brokers) {
      own.add(broker.name());
      own.add(broker.cluster());
      own.add(broker.cluster() + REPLY_SUFFIX);
    }
    client
        .administration()
        .listTopics(
            Then.of(
                all ->
                    completion.done(
                        all.stream()
                            .filter(topic -> !own.contains(topic))
                            .filter(topic -> !SystemNames.isTopic(topic))
                            .filter(topic -> OF_GROUPS.stream().noneMatch(topic::startsWith))
                            .sorted()
                            .toList()),
                failure -> completion.failed(Failures.of(failure, ""))));
  }

  /** See {@code Upstream.createTopic}: so many queues on each broker. */
  void create(String topic, int queues, MessageKind kind, Completion<Void> completion) {
    BrokerRelease release = facts.get().release();
    if (release.classic() && !BrokerFacts.WITHOUT_TYPE.contains(kind)) {
      completion.failed(
          release.cannot(Subject.TOPIC, "a topic of " + kind, "RocketMQ 5, or another kind"));
      return;
    }
    TopicSpec spec;
    try {
      spec = new TopicSpec(topic, queues, queues, typeOf(kind));
    } catch (IllegalArgumentException e) {
      completion.failed(
          new GatewayException(
              ErrorCategory.INVALID_ARGUMENT, Subject.TOPIC, String.valueOf(e.getMessage()), e));
      return;
    } catch (GatewayException e) {
      completion.failed(e);
      return;
    }
    client
        .routes()
        .lookup(
            topic,
            Then.of(
                exists -> Completion.succeed(completion),
                failure -> {
                  if (failure.category() == FailureCategory.NOT_FOUND) {
                    create(spec, completion);
                  } else {
                    completion.failed(Failures.of(failure, topic));
                  }
                }));
  }

  /**
   * Makes a topic that does not exist yet where its first message would make it, in the same form.
   * A group can only be given its place in a topic that is there: without this, what is sent
   * between a consumer's creation and its first receive could be passed over.
   */
  void makeAsASendWould(String topic, Completion<Void> completion) {
    client
        .routes()
        .lookupForSend(
            topic,
            Then.of(
                route -> {
                  if (route.provisional()) {
                    int queues = Math.ceilDiv(route.writableCount(), route.brokers().size());
                    create(
                        new TopicSpec(topic, queues, queues, TopicSpec.MessageType.UNSPECIFIED),
                        completion);
                  } else {
                    Completion.succeed(completion);
                  }
                },
                failure -> completion.failed(Failures.of(failure, topic))));
  }

  private void create(TopicSpec spec, Completion<Void> completion) {
    client
        .administration()
        .createTopic(
            spec,
            Then.of(
                done -> awaitRoute(spec.name(), Deadline.after(VISIBLE_WITHIN), completion),
                failure -> completion.failed(Failures.of(failure, spec.name()))));
  }

  /** Brokers tell the name servers of new topics by themselves, which takes a moment. */
  private void awaitRoute(String topic, Deadline deadline, Completion<Void> completion) {
    client
        .routes()
        .refresh(
            topic,
            Then.of(
                route -> Completion.succeed(completion),
                failure -> {
                  if (deadline.isPast() || failure.category() != FailureCategory.NOT_FOUND) {
                    completion.failed(Failures.of(failure, topic));
                  } else {
                    var _ =
                        loops
                            .current()
                            .schedule(
                                () -> awaitRoute(topic, deadline, completion),
                                LOOK_AGAIN.toMillis(),
                                TimeUnit.MILLISECONDS);
                  }
                }));
  }

  private static TopicSpec.MessageType typeOf(MessageKind kind) {
    return switch (kind) {
      case NORMAL -> TopicSpec.MessageType.NORMAL;
      case FIFO -> TopicSpec.MessageType.FIFO;
      case DELAY -> TopicSpec.MessageType.DELAY;
      case TRANSACTION -> TopicSpec.MessageType.TRANSACTION;
      case PRIORITY -> TopicSpec.MessageType.PRIORITY;
      case LITE -> TopicSpec.MessageType.LITE;
    };
  }
}
