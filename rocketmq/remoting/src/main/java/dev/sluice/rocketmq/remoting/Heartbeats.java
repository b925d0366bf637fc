package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConnections;
import dev.sluice.rocketmq.requests.GroupMemberIds;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.requests.MemberInquiry;
import dev.sluice.rocketmq.requests.MemberOffsets;
import dev.sluice.rocketmq.requests.UnregisterClient;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
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

  private final MasterCalls masters;
  private final CallRouter router;
  private final Clock clock;
  private final String clientId;
  private final Duration interval;

  // Left by those who joined, else by nobody: bounded by what they join.
  private final Set<String> producers = new LinkedHashSet<>();
  private final Map<String, Shown> consumers = new LinkedHashMap<>();

  private long lastVersion;
  private long lastYielding;
  private volatile boolean stopped;

  // Of the first loop.
  private @Nullable ScheduledFuture<?> repeat;
  private Duration pause = SOON;

  /** Calls to brokers, each until it is answered; of the first loop. */
  private final Set<Told> underWay = new HashSet<>();

  /** Those that wait for such calls to end. */
  private final List<Leave> leaves = new ArrayList<>();

  /**
   * A consumer group as brokers are shown it.
   *
   * @param classic its classic member, or null where it pops the topics
   */
  private record Shown(
      String as,
      Heartbeat.@Nullable Consumer classic,
      Map<String, Heartbeat.Subscription> topics) {}

  Heartbeats(AdminCalls admin, CallRouter router, RemotingOptions options, Clock clock) {
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
    join(group, clientId, topic, filter, false, reply);
  }

  @Override
  public void joinConsumers(
      String group, String as, String topic, Filter filter, Reply<Done> reply) {
    join(group, as, topic, filter, true, reply);
  }

  private void join(
      String group, String as, String topic, Filter filter, boolean yields, Reply<Done> reply) {
    Heartbeat.Consumer member;
    synchronized (this) {
      Shown before = consumers.get(group);
      Map<String, Heartbeat.Subscription> topics =
          before == null ? new LinkedHashMap<>() : before.topics;
      long version = yields ? ++lastYielding : nextVersion();
      topics.put(
          topic,
          new Heartbeat.Subscription(topic, filter.kind().name(), filter.expression(), version));
      Shown shown = new Shown(as, null, topics);
      consumers.put(group, shown);
      member = member(group, shown);
    }
    tell(Heartbeat.of(as, List.of(), List.of(member)), reply);
  }

  @Override
  public void joinClassic(Heartbeat.Consumer member, Reply<Done> reply) {
    joinClassic(clientId, member, reply);
  }

  @Override
  public void joinClassic(String as, Heartbeat.Consumer member, Reply<Done> reply) {
    synchronized (this) {
      consumers.put(member.group(), new Shown(as, member, new LinkedHashMap<>()));
    }
    tell(Heartbeat.of(as, List.of(), List.of(member)), reply);
  }

  @Override
  public void leaveTopic(String group, String topic, Reply<Done> reply) {
    boolean wasThere = false;
    String as = clientId;
    Heartbeat.@Nullable Consumer member = null;
    synchronized (this) {
      Shown shown = consumers.get(group);
      if (shown != null && shown.topics.remove(topic) != null) {
        wasThere = true;
        as = shown.as;
        member = shown.topics.isEmpty() ? null : member(group, shown);
      }
    }
    if (!wasThere) {
      reply.done(Done.DONE);
    } else if (member == null) {
      leave(group, reply);
    } else {
      tell(Heartbeat.of(as, List.of(), List.of(member)), whateverHappens(reply));
    }
  }

  @Override
  public void leave(String group, Reply<Done> reply) {
    boolean producer;
    Shown consumer;
    synchronized (this) {
      producer = producers.remove(group);
      consumer = consumers.remove(group);
    }
    if (!producer && consumer == null) {
      reply.done(Done.DONE);
      return;
    }
    String as = consumer == null ? clientId : consumer.as;
    UnregisterClient request =
        new UnregisterClient(as, producer ? group : null, consumer == null ? null : group);
    Reply<Done> back = router.here(whateverHappens(reply));
    if (!router.atHome(() -> leaveAfterHeartbeats(new Leave(request, back)))) {
      reply.done(Done.DONE);
    }
  }

  /** A broker serves what comes on one connection side by side: a heartbeat would undo the end. */
  private void leaveAfterHeartbeats(Leave leave) {
    leave.awaited.addAll(underWay);
    if (leave.awaited.isEmpty()) {
      tellAtHome(leave.request, leave.reply);
    } else {
      leaves.add(leave);
    }
  }

  private static final class Leave {
    private final UnregisterClient request;
    private final Reply<Done> reply;
    private final Set<Told> awaited = new HashSet<>();

    Leave(UnregisterClient request, Reply<Done> reply) {
      this.request = request;
      this.reply = reply;
    }
  }

  @Override
  public void members(String group, Reply<List<GroupConnections>> reply) {
    masters.each(
        new GroupConnections.Get(group), Commands.Effect.READS, MasterCalls.answers(reply));
  }

  @Override
  public void memberIds(String group, Reply<List<String>> reply) {
    masters.each(
        new GroupMemberIds(group),
        Commands.Effect.READS,
        MasterCalls.answers(
            Replies.map(all -> all.stream().flatMap(List::stream).distinct().toList(), reply)));
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

  @Override
  public void onInquiry(InquiryListener listener) {
    LateProcessor asked =
        (from, request, answer) ->
            listener.asked(
                MemberInquiry.read(request), made -> answer.accept(made.command(request.opaque())));
    router.lateProcessor(RequestCode.GET_CONSUMER_RUNNING_INFO, asked);
    router.lateProcessor(RequestCode.CONSUME_MESSAGE_DIRECTLY, asked);
  }

  @Override
  public void onOffsets(OffsetListener listener) {
    router.processor(
        RequestCode.RESET_CONSUMER_CLIENT_OFFSET,
        (from, request) -> {
          listener.reset(MemberOffsets.Reset.read(request));
          return null;
        });
    router.processor(
        RequestCode.GET_CONSUMER_STATUS_FROM_CLIENT,
        (from, request) -> {
          MemberOffsets.Asked asked = MemberOffsets.Asked.read(request);
          return asked.answer(request.opaque(), listener.asked(asked));
        });
  }

  /** Later ones are newer, whatever the clock does. */
  private long nextVersion() {
    lastVersion = Math.max(lastVersion + 1, clock.currentTimeMillis());
    return lastVersion;
  }

  private static Heartbeat.Consumer member(String group, Shown shown) {
    return shown.classic != null
        ? shown.classic
        : new Heartbeat.Consumer(
            group, Heartbeat.ConsumeType.CONSUME_POP, List.copyOf(shown.topics.values()));
  }

  /** Tells all masters of all groups, if there are any. */
  void beat() {
    List<SharedBeat> all = new ArrayList<>();
    synchronized (this) {
      Map<String, List<Heartbeat.Consumer>> members = new LinkedHashMap<>();
      consumers.forEach(
          (group, shown) ->
              members.computeIfAbsent(shown.as, as -> new ArrayList<>()).add(member(group, shown)));
      if (!producers.isEmpty()) {
        all.add(new SharedBeat(clientId, List.copyOf(producers), List.of()));
      }
      members.forEach((as, alike) -> all.addAll(SharedBeat.of(as, alike)));
    }
    all.forEach(this::tell);
  }

  /** A group that brokers refuse must not keep them from hearing of the others. */
  private void tell(SharedBeat beat) {
    Reply<Done> logged = logged();
    tell(
        beat.heartbeat(),
        Replies.orElse(
            logged,
            failure -> {
              List<SharedBeat> halves = beat.halves();
              if (failure.category() == FailureCategory.UNAUTHENTICATED && !halves.isEmpty()) {
                halves.forEach(this::tell);
              } else {
                logged.failed(failure);
              }
            }));
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
    if (!router.atHome(() -> tellAtHome(request, back))) {
      reply.failed(LoopCore.closed());
    }
  }

  private void tellAtHome(Request<Done> request, Reply<Done> back) {
    Told told = new Told(back);
    underWay.add(told);
    masters.each(request, Commands.Effect.CHANGES, told);
  }

  private void over(Told told) {
    underWay.remove(told);
    List<Leave> free = new ArrayList<>();
    leaves.removeIf(
        leave -> {
          boolean last = leave.awaited.remove(told) && leave.awaited.isEmpty();
          return last && free.add(leave);
        });
    free.forEach(leave -> tellAtHome(leave.request, leave.reply));
  }

  private final class Told implements Reply<MasterCalls.Answers<Done>> {
    private final Reply<Done> reply;

    Told(Reply<Done> reply) {
      this.reply = reply;
    }

    @Override
    public void done(MasterCalls.Answers<Done> answers) {
      over(this);
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
      over(this);
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
