package dev.sluice.gateway.backend.rocketmq;

import static java.util.stream.Collectors.partitioningBy;

import dev.sluice.gateway.backend.rocketmq.RememberedStarts.Position;
import dev.sluice.gateway.backend.rocketmq.RememberedStarts.TopicOfGroup;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GetGroup;
import dev.sluice.rocketmq.requests.GroupConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes new groups start where they are told. Pop's own "latest" hands out what is still in memory,
 * so before a group's first pop its offsets are committed.
 *
 * <p>Several gateways may do so at once. Each reads where to start <em>before</em> it asks whether
 * the group has offsets: whoever finds none commits a position that is not after any message sent
 * since another gateway finished, so that nothing is skipped. At worst a few messages sent
 * meanwhile come twice.
 *
 * <p>A broker writes offsets to disk every few seconds only. Until it surely has, the positions are
 * remembered, and committed again where a broker that was lost meanwhile has lost them too: without
 * offsets a group would begin with the oldest message.
 */
final class GroupStarts {
  /** How long another gateway that is about to commit the same group's offsets is waited for. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final int PAUSES = 5;

  /** How often a group's first offsets are committed until the broker has them. */
  private static final int COMMITS = 5;

  /** One queue, where a new group is to start there, and what the group has committed. */
  private record Found(TopicQueue queue, long start, long committed) {
    boolean isNew() {
      return committed == Offsets.NONE;
    }

    Position position() {
      return new Position(queue, isNew() ? start : committed);
    }
  }

  private final RemotingClient client;
  private final EventLoops loops;
  private final Filing filing;

  private final RememberedStarts remembered;
  private final CommittedOffsets committed;
  private final TimeOffsets byTime;
  private final boolean classic;

  /** Those of groups that pop. */
  GroupStarts(RemotingClient client, EventLoops loops, Clock clock) {
    this(client, loops, clock, false);
  }

  /**
   * Those of groups that pop, or of classic ones, whose brokers are of 4.x: these keep offsets of
   * groups that they do not know yet.
   */
  GroupStarts(RemotingClient client, EventLoops loops, Clock clock, boolean classic) {
    this.classic = classic;
    this.committed =
        classic ? CommittedOffsets.ofClassicGroups(client) : CommittedOffsets.told(client);
    this.byTime = classic ? TimeOffsets.ofNearest(client) : TimeOffsets.told(client);
    this.client = client;
    this.loops = loops;
    this.filing = new Filing(client, loops);
    this.remembered = new RememberedStarts(clock);
  }

  /** Prepares the group; on a loop. A topic that does not exist is fine: it starts at its first. */
  void prepare(Subscription subscription, Reply<Boolean> reply) {
    client
        .routes()
        .lookup(
            subscription.topic(),
            Then.of(
                route -> {
                  if (classic) {
                    committed(route, subscription, reply);
                  } else {
                    touchGroup(route, subscription, reply);
                  }
                },
                failure -> {
                  if (failure.category() == FailureCategory.NOT_FOUND) {
                    reply.done(true);
                  } else {
                    reply.failed(failure);
                  }
                }));
  }

  /** Offsets can be committed only for groups that exist. */
  private void touchGroup(Route route, Subscription subscription, Reply<Boolean> reply) {
    Gather.<Broker, GroupConfig>each(
        route.brokers().stream().filter(broker -> broker.master() != null).toList(),
        (broker, part) -> touch(broker, subscription.group(), part),
        Then.of(touched -> committed(route, subscription, reply), reply::failed));
  }

  /** Asks first what most often ends the matter: whether the group is new at all. */
  private void committed(Route route, Subscription subscription, Reply<Boolean> reply) {
    List<TopicQueue> queues = route.readableQueues();
    committed(
        queues,
        subscription.group(),
        Then.of(
            offsets -> {
              if (!offsets.contains(Offsets.NONE)) {
                List<Position> positions = new ArrayList<>(queues.size());
                for (int i = 0; i < queues.size(); i++) {
                  positions.add(new Position(queues.get(i), offsets.get(i)));
                }
                remembered.put(
                    new TopicOfGroup(subscription.topic(), subscription.group()), positions);
                reply.done(true);
              } else if (subscription.start() instanceof Subscription.Start.Latest) {
                filing.await(route.brokers(), () -> positions(queues, subscription, PAUSES, reply));
              } else {
                positions(queues, subscription, PAUSES, reply);
              }
            },
            reply::failed));
  }

  private void committed(List<TopicQueue> queues, String group, Reply<List<Long>> reply) {
    committed.of(group, queues, reply);
  }

  @SuppressWarnings("NullAway") // only brokers with a master are asked
  private void touch(Broker broker, String group, Reply<GroupConfig> reply) {
    client
        .commands()
        .call(
            broker.master(),
            new GetGroup(group),
            Commands.Effect.READS,
            client.options().callTimeout().toMillis(),
            reply);
  }

  private void positions(
      List<TopicQueue> queues, Subscription subscription, int pauses, Reply<Boolean> reply) {
    Gather.<TopicQueue, Long>each(
        queues,
        (queue, part) -> startOf(queue, subscription, part),
        Then.of(starts -> compare(queues, starts, subscription, pauses, reply), reply::failed));
  }

  private void startOf(TopicQueue queue, Subscription subscription, Reply<Long> reply) {
    switch (subscription.start()) {
      case Subscription.Start.Latest() -> client.offsets().max(queue, reply);
      case Subscription.Start.Earliest() -> client.offsets().min(queue, reply);
      case Subscription.Start.At(long epochMillis) ->
          byTime.of(subscription.group(), queue, epochMillis, reply);
    }
  }

  private void compare(
      List<TopicQueue> queues,
      List<Long> starts,
      Subscription subscription,
      int pauses,
      Reply<Boolean> reply) {
    committed(
        queues,
        subscription.group(),
        Then.of(
            offsets -> {
              List<Found> found = new ArrayList<>(queues.size());
              for (int i = 0; i < queues.size(); i++) {
                found.add(new Found(queues.get(i), starts.get(i), offsets.get(i)));
              }
              decide(queues, found, subscription, pauses, reply);
            },
            reply::failed));
  }

  private void decide(
      List<TopicQueue> queues,
      List<Found> found,
      Subscription subscription,
      int pauses,
      Reply<Boolean> reply) {
    long unknown = found.stream().filter(Found::isNew).count();
    boolean isNew = unknown == found.size();
    if (!isNew && unknown > 0 && pauses > 0) {
      // Either another gateway is committing just now, or the topic has got more queues.
      var _ =
          loops
              .current()
              .schedule(
                  () -> positions(queues, subscription, pauses - 1, reply),
                  PAUSE.toMillis(),
                  TimeUnit.MILLISECONDS);
      return;
    }
    // Queues that came to a group's topic later are read from their first message: pop does that.
    List<Position> positions =
        found.stream().filter(each -> isNew || !each.isNew()).map(Found::position).toList();
    List<Position> missing = isNew ? positions : List.of();
    commit(
        missing,
        subscription.group(),
        Then.of(
            done -> {
              remembered.put(
                  new TopicOfGroup(subscription.topic(), subscription.group()), positions);
              reply.done(true);
            },
            reply::failed));
  }

  /**
   * Commits the positions, and looks whether the broker has them all. Commits of a group's first
   * offsets that reach a broker at once can overwrite each other there (seen on 5.5.0), so one of
   * each broker goes ahead of the rest, and what another gateway's commits took away is put back.
   */
  private void commit(List<Position> positions, String group, Reply<Boolean> reply) {
    commit(positions, group, COMMITS, reply);
  }

  private void commit(List<Position> positions, String group, int tries, Reply<Boolean> reply) {
    if (positions.isEmpty()) {
      reply.done(true);
      return;
    }
    Set<Broker> begun = new HashSet<>();
    Map<Boolean, List<Position>> ahead =
        positions.stream().collect(partitioningBy(each -> begun.add(each.queue().broker())));
    send(
        ahead.getOrDefault(true, List.of()),
        group,
        Then.of(
            first ->
                send(
                    ahead.getOrDefault(false, List.of()),
                    group,
                    Then.of(rest -> verify(positions, group, tries, reply), reply::failed)),
            reply::failed));
  }

  private void send(List<Position> positions, String group, Reply<List<Done>> reply) {
    Gather.<Position, Done>each(
        positions,
        (position, part) ->
            client.offsets().commit(group, position.queue(), position.offset(), part),
        reply);
  }

  private void verify(List<Position> positions, String group, int tries, Reply<Boolean> reply) {
    committed(
        positions.stream().map(Position::queue).toList(),
        group,
        Then.of(
            offsets -> {
              List<Position> lost = new ArrayList<>();
              for (int i = 0; i < offsets.size(); i++) {
                if (isLost(positions.get(i), offsets.get(i))) {
                  lost.add(positions.get(i));
                }
              }
              if (lost.isEmpty() || tries == 1) {
                reply.done(true);
              } else {
                commit(lost, group, tries - 1, reply);
              }
            },
            reply::failed));
  }

  /** Brokers of 4.x say zero where they have nothing. */
  private boolean isLost(Position position, long known) {
    return known == Offsets.NONE || (classic && known == 0 && position.offset() > 0);
  }

  /** Forgets the group's positions; what it has committed stays. */
  void forget(String topic, String group) {
    remembered.remove(new TopicOfGroup(topic, group));
  }

  /** A broker was lost while the group was receiving: what it had not written is gone. */
  void brokerLost(String topic, String group) {
    remembered.suspect(new TopicOfGroup(topic, group));
  }

  /** Whether a receive of the group may begin; if not, {@link #restore} comes first. */
  boolean isSound(String topic, String group) {
    return remembered.isSound(topic, group);
  }

  /** Commits again what a broker has lost. */
  void restore(String topic, String group, Reply<Boolean> reply) {
    TopicOfGroup key = new TopicOfGroup(topic, group);
    List<Position> lost = remembered.get(key);
    if (lost.isEmpty()) {
      reply.done(true);
      return;
    }
    committed(
        lost.stream().map(Position::queue).toList(),
        group,
        Then.of(
            offsets -> {
              List<Position> missing = new ArrayList<>();
              for (int i = 0; i < offsets.size(); i++) {
                if (isLost(lost.get(i), offsets.get(i))) {
                  missing.add(lost.get(i));
                }
              }
              commit(
                  missing,
                  group,
                  Then.of(done -> restored(key, lost, missing, reply), reply::failed));
            },
            reply::failed));
  }

  private void restored(
      TopicOfGroup key, List<Position> was, List<Position> missing, Reply<Boolean> reply) {
    if (missing.isEmpty()) {
      remembered.found(key);
    } else {
      remembered.put(key, was);
    }
    reply.done(true);
  }
}
