package dev.sluice.rocketmq.client;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConnections;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.UnregisterClient;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every master of the groups of this client, always on the connections of the first loop:
 * brokers remember members by connection, and forget them only on that one. Safe for all threads.
 */
final class Heartbeats implements Memberships {
  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  private static final Duration SOON = Duration.ofSeconds(1);

  /** Brokers read a heartbeat as a whole: many groups go in several. */
  private static final int GROUPS_AT_ONCE = 500;

  private final MasterCalls masters;
  private final CallRouter router;
  private final Clock clock;
  private final String clientId;
  private final Duration interval;

  // Left by those who joined, else by nobody: bounded by what they join.
  private final Set<String> producers = new LinkedHashSet<>();
  private final Map<String, Map<String, Heartbeat.Subscription>> consumers = new LinkedHashMap<>();

  private long lastVersion;
  private volatile boolean stopped;

  // Of the first loop.
  private @Nullable ScheduledFuture<?> repeat;
  private Duration pause = SOON;

  Heartbeats(AdminCalls admin, CallRouter router, ClientOptions options, Clock clock) {
    this.masters = new MasterCalls(admin, router, options);
    this.router = router;
    this.clock = clock;
    this.clientId = options.clientId();
    this.interval = options.heartbeatInterval();
  }

  @Override
  public void joinProducers(String group) {
    boolean added;
    synchronized (this) {
      added = producers.add(group);
    }
    if (added) {
      tell(Heartbeat.of(clientId, List.of(group), List.of()), logged());
    }
  }

  @Override
  public void joinConsumers(String group, String topic, Filter filter, Reply<Done> reply) {
    Heartbeat.Consumer member;
    synchronized (this) {
      Map<String, Heartbeat.Subscription> topics =
          consumers.computeIfAbsent(group, name -> new LinkedHashMap<>());
      topics.put(
          topic,
          new Heartbeat.Subscription(
              topic, filter.kind().name(), filter.expression(), nextVersion()));
      member = member(group, topics);
    }
    tell(Heartbeat.of(clientId, List.of(), List.of(member)), reply);
  }

  @Override
  public void leaveTopic(String group, String topic, Reply<Done> reply) {
    boolean wasThere = false;
    Heartbeat.@Nullable Consumer member = null;
    synchronized (this) {
      Map<String, Heartbeat.Subscription> topics = consumers.get(group);
      if (topics != null && topics.remove(topic) != null) {
        wasThere = true;
        member = topics.isEmpty() ? null : member(group, topics);
      }
    }
    if (!wasThere) {
      reply.done(Done.DONE);
    } else if (member == null) {
      leave(group, reply);
    } else {
      tell(Heartbeat.of(clientId, List.of(), List.of(member)), whateverHappens(reply));
    }
  }

  @Override
  public void leave(String group, Reply<Done> reply) {
    boolean producer;
    boolean consumer;
    synchronized (this) {
      producer = producers.remove(group);
      consumer = consumers.remove(group) != null;
    }
    if (producer || consumer) {
      tell(
          new UnregisterClient(clientId, producer ? group : null, consumer ? group : null),
          whateverHappens(reply));
    } else {
      reply.done(Done.DONE);
    }
  }

  @Override
  public void members(String group, Reply<List<GroupConnections>> reply) {
    masters.each(
        new GroupConnections.Get(group), Remoting.Effect.READS, MasterCalls.answers(reply));
  }

  @Override
  public void onChange(Consumer<String> listener) {
    router.processor(
        RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
        (from, request) -> {
          listener.accept(request.fields().require("consumerGroup"));
          return null;
        });
  }

  /** Later ones are newer, whatever the clock does. */
  private long nextVersion() {
    lastVersion = Math.max(lastVersion + 1, clock.currentTimeMillis());
    return lastVersion;
  }

  private static Heartbeat.Consumer member(
      String group, Map<String, Heartbeat.Subscription> topics) {
    return new Heartbeat.Consumer(
        group, Heartbeat.ConsumeType.CONSUME_POP, List.copyOf(topics.values()));
  }

  /** Tells all masters of all groups, if there are any. */
  void beat() {
    List<Heartbeat> all = new ArrayList<>();
    synchronized (this) {
      List<Heartbeat.Consumer> members = new ArrayList<>();
      List<String> senders = List.copyOf(producers);
      for (Map.Entry<String, Map<String, Heartbeat.Subscription>> each : consumers.entrySet()) {
        members.add(member(each.getKey(), each.getValue()));
        if (members.size() == GROUPS_AT_ONCE) {
          all.add(Heartbeat.of(clientId, senders, members));
          senders = List.of();
          members.clear();
        }
      }
      if (!senders.isEmpty() || !members.isEmpty()) {
        all.add(Heartbeat.of(clientId, senders, members));
      }
    }
    for (Heartbeat each : all) {
      tell(each, logged());
    }
  }

  /** What keeps a quiet connection from being closed by the broker: a heartbeat of no groups. */
  Heartbeat empty() {
    return Heartbeat.of(clientId, List.of(), List.of());
  }

  /**
   * A connection of the first loop has ended, and with it what its broker remembered. On that loop.
   */
  void connectionLost() {
    beatSoon();
  }

  /** No more heartbeats from now on. */
  void stop() {
    stopped = true;
    router.atHome(
        () -> {
          if (repeat != null) {
            repeat.cancel(false);
            repeat = null;
          }
        });
  }

  /** Once for all that goes wrong meanwhile, and ever more seldom while it does. */
  private void beatSoon() {
    if (stopped || repeat != null || isEmpty()) {
      return;
    }
    repeat =
        router
            .currentLoop()
            .schedule(
                () -> {
                  repeat = null;
                  beat();
                },
                pause.toMillis(),
                TimeUnit.MILLISECONDS);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(interval) < 0 ? longer : interval;
  }

  private synchronized boolean isEmpty() {
    return producers.isEmpty() && consumers.isEmpty();
  }

  /** Tells the masters that can be reached; the others are told soon. */
  private void tell(Request<Done> request, Reply<Done> reply) {
    Reply<Done> back = router.here(reply);
    boolean begun =
        router.atHome(() -> masters.each(request, Remoting.Effect.CHANGES, new Told(back)));
    if (!begun) {
      reply.failed(LoopCore.closed());
    }
  }

  private final class Told implements Reply<MasterCalls.Answers<Done>> {
    private final Reply<Done> reply;

    Told(Reply<Done> reply) {
      this.reply = reply;
    }

    @Override
    public void done(MasterCalls.Answers<Done> answers) {
      ClientException failure = answers.failure();
      if (failure == null) {
        pause = SOON;
        reply.done(Done.DONE);
        return;
      }
      log.debug("A broker could not be told of groups", failure);
      beatSoon();
      if (answers.all().isEmpty()) {
        reply.failed(failure);
      } else {
        reply.done(Done.DONE);
      }
    }

    @Override
    public void failed(ClientException failure) {
      beatSoon();
      reply.failed(failure);
    }
  }

  private static Reply<Done> logged() {
    return new Reply<>() {
      @Override
      public void done(Done value) {}

      @Override
      public void failed(ClientException failure) {
        log.warn("No broker could be told of the groups: {}", failure.getMessage());
      }
    };
  }

  private static Reply<Done> whateverHappens(Reply<Done> reply) {
    return Replies.orElse(reply, failure -> reply.done(Done.DONE));
  }
}
