package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.classic.ClassicGroups;
import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.CheckListener;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.LiteChange;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.MembersListener;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.QueueOffsets;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.requests.UniqueIds;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One RocketMQ cluster. Brings every call onto a loop, on which it stays; the work is done by the
 * parts.
 */
final class RocketMQUpstream implements Upstream {
  private static final Duration UNDO = Duration.ofSeconds(2);

  private final RemotingClient client;
  private final EventLoops loops;
  private final Ledger ledger;
  private final Gate gate;
  private final String endpoint;
  private final Sender sender;
  private final Transactor transactor;
  private final Recalls recalls;
  private final Clock clock;
  private final RocketMQSettings settings;
  private final String producerGroup;
  private final GroupTerms groupTerms;
  private final Topics topics;
  private final Puller puller;
  private final Positions positions;
  private final ShownGroups groups;
  private final BoundedCloseable closing;
  private volatile @Nullable CheckListener checks;
  private volatile @Nullable Inquiries inquiries;
  private volatile Handout handout;
  private volatile BrokerFacts facts = BrokerFacts.NOT_ASKED;

  RocketMQUpstream(
      RemotingClient client,
      EventLoops loops,
      Ledger ledger,
      Clock clock,
      UniqueIds ids,
      UpstreamSpec spec,
      RocketMQSettings settings) {
    this.client = client;
    this.loops = loops;
    this.ledger = ledger;
    this.endpoint = spec.endpoint();
    this.gate = new Gate(loops, endpoint);
    this.clock = clock;
    this.settings = settings;
    this.producerGroup = settings.producerGroup();
    StaleRoutes staleRoutes = new StaleRoutes(client, clock);
    this.sender = new Sender(client, staleRoutes, ids, producerGroup);
    this.groupTerms = new GroupTerms(client, settings, () -> facts);
    this.transactor = new Transactor(client);
    this.recalls = new Recalls(client, clock, producerGroup, () -> facts);
    this.topics = new Topics(client, loops, clock, () -> facts);
    NamedQueues queues = new NamedQueues(client);
    this.puller = new Puller(client, staleRoutes, queues, loops, clock);
    this.positions = new Positions(client, queues, gate::onLoop, () -> facts);
    this.groups = new ShownGroups(client, loops);
    GroupStarts starts = new GroupStarts(client, loops, clock);
    Acknowledger acknowledger = new Acknowledger(client, clock);
    this.handout =
        new PopHandout(
            topics,
            starts,
            new Receiver(client, staleRoutes, loops, starts, clock),
            acknowledger,
            DeadLetters.ofPopped(client, producerGroup, acknowledger::ack),
            groups);
    this.closing =
        StagedClose.named("RocketMQ upstream " + endpoint)
            .clock(clock)
            .action("refuse calls", gate::close)
            .action("end pulls", puller::close)
            .stage("end receives", deadline -> handout.drain())
            .action("show no groups", () -> handout.end())
            .child("client", client)
            .build();
  }

  @Override
  public void start(Completion<Capabilities> completion) {
    gate.onLoop(completion, () -> new Start(client, endpoint, undoing(completion)).begin());
  }

  /** Leaves nothing open when the start fails. */
  private Completion<BrokerFacts> undoing(Completion<Capabilities> completion) {
    return new Completion<>() {
      @Override
      public void done(BrokerFacts found) {
        facts = found;
        if (found.release().classic()) {
          sender.fit(
              new ClassicSends(
                  found.release(),
                  found.settings().delayLevels(),
                  settings.roundsDelaysUp(),
                  clock));
          handout = classic(found.release());
        }
        CheckListener listener = checks;
        if (listener != null) {
          transactor.listen(producerGroup, listener);
        }
        handout.begin();
        Inquiries answered = inquiries;
        if (answered != null) {
          answered.listen();
        }
        completion.done(found.capabilities());
      }

      @Override
      public void failed(GatewayException failure) {
        var loop = loops.current();
        var _ =
            client
                .closeAsync(Deadline.after(UNDO))
                .whenCompleteAsync((report, thrown) -> completion.failed(failure), loop);
      }
    };
  }

  private Handout classic(BrokerRelease release) {
    ClassicGroups members =
        new ClassicGroups(client, loops, clock, ledger, new ClassicView(), endpoint);
    return new ClassicHandout(
        release,
        topics,
        new GroupStarts(client, loops, clock, true),
        new CheckedFilters(client),
        members,
        DeadLetters.ofClassic(client, producerGroup, members::ack),
        groups);
  }

  @Override
  public void ping(Completion<Void> completion) {
    gate.onLoop(
        completion,
        () ->
            client
                .administration()
                .brokers(
                    Then.of(
                        brokers -> Completion.succeed(completion),
                        failure -> completion.failed(Failures.ofStart(failure, endpoint)))));
  }

  @Override
  public void topology(String topic, Completion<Topology> completion) {
    gate.onLoop(completion, topic, () -> topics.topology(topic, completion));
  }

  @Override
  public void topics(Completion<List<String>> completion) {
    gate.onLoop(completion, () -> topics.topics(completion));
  }

  @Override
  public void createTopic(
      String topic, int queues, Topology.MessageKind kind, Completion<Void> completion) {
    gate.onLoop(completion, topic, () -> topics.create(topic, queues, kind, completion));
  }

  /** What is written cannot be called back: cancelling does nothing. */
  @Override
  public Cancellable send(
      List<OutboundMessage> messages, Duration timeout, Completion<List<SendReceipt>> completion) {
    gate.onLoop(
        completion,
        messages.getFirst().topic(),
        () -> sender.send(messages, timeout, maxBodyBytes(), completion));
    return Cancellable.NONE;
  }

  private int maxBodyBytes() {
    return facts.settings().maxMessageBytes();
  }

  @Override
  public void recall(String topic, String handle, Completion<String> completion) {
    gate.onLoop(completion, topic, () -> recalls.recall(topic, handle, completion));
  }

  @Override
  public void onCheck(CheckListener listener) {
    checks = listener;
  }

  @Override
  public void begin(
      OutboundMessage message,
      String note,
      Duration checkAfter,
      Duration timeout,
      Completion<OpenTransaction> completion) {
    HalfTerms terms = new HalfTerms(producerGroup, note, checkAfter, clock.currentTimeMillis());
    gate.onLoop(
        completion,
        message.topic(),
        () -> sender.begin(message, terms, timeout, maxBodyBytes(), completion));
  }

  @Override
  public void end(String handle, Resolution resolution, Completion<Void> completion) {
    gate.onLoop(completion, () -> transactor.end(handle, resolution, completion));
  }

  @Override
  public int encodedSize(OutboundMessage message) {
    return OutboundEncoding.sizeInBatch(message);
  }

  @Override
  public @Nullable QueueId queueOf(String topic, String shardingKey) {
    return sender.queueOf(topic, shardingKey);
  }

  @Override
  public void group(String group, Completion<ConsumerGroup> completion) {
    gate.onLoop(completion, () -> groupTerms.group(group, completion));
  }

  @Override
  public void subscribe(Subscription subscription, Completion<Void> completion) {
    gate.onLoop(
        completion,
        subscription.topic(),
        subscription.group(),
        () -> handout.subscribe(subscription, completion));
  }

  @Override
  public void unsubscribe(String topic, String group, Completion<Void> completion) {
    gate.onLoop(completion, () -> handout.unsubscribe(topic, group, completion));
  }

  @Override
  public void onMembers(MembersListener listener) {
    groups.onMembers(listener);
  }

  @Override
  public void changeLite(LiteChange change, Completion<Void> completion) {
    gate.onLoop(
        completion,
        () -> {
          BrokerRelease release = facts.release();
          if (release.classic()) {
            completion.failed(
                release.cannot(Subject.LITE_TOPIC, "lite topics", "RocketMQ 5.5 or later"));
          } else {
            LiteTopics.change(client, change, completion);
          }
        });
  }

  @Override
  public void onInquiry(MemberInquiries answers) {
    inquiries = new Inquiries(client, loops, groups, groupTerms, clock, answers);
  }

  @Override
  public void join(Membership membership, Completion<Void> completion) {
    gate.onLoop(completion, () -> handout.join(membership, completion));
  }

  @Override
  public void leave(String topic, String group, Completion<Void> completion) {
    gate.onLoop(completion, () -> handout.leave(topic, group, completion));
  }

  @Override
  public void members(String topic, String group, Completion<GroupMembers> completion) {
    gate.onLoop(completion, () -> handout.members(topic, group, completion));
  }

  @Override
  public Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    if (Gate.isRefused(completion, request.topic(), request.group())) {
      return Receiving.NONE;
    }
    EventLoop loop = loops.current();
    if (loop.inEventLoop()) {
      return handout.receive(request, completion);
    }
    CompletableFuture<Receiving> call = new CompletableFuture<>();
    loop.execute(() -> call.complete(handout.receive(request, completion)));
    return new ReceivingSoon(call);
  }

  @Override
  public Cancellable pull(PullRequest request, Completion<Pulled> completion) {
    if (Gate.isRefused(completion, request.topic(), request.group())) {
      return Cancellable.NONE;
    }
    EventLoop loop = loops.current();
    if (loop.inEventLoop()) {
      return puller.pull(request, completion);
    }
    CompletableFuture<Cancellable> call = new CompletableFuture<>();
    loop.execute(() -> call.complete(puller.pull(request, completion)));
    return () -> {
      var _ = call.thenAccept(Cancellable::cancel);
    };
  }

  @Override
  public QueueOffsets offsets() {
    return positions;
  }

  @Override
  public void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    gate.onLoop(completion, () -> handout.ack(topic, group, handles, completion));
  }

  @Override
  public void deadLetter(String group, Delivery delivery, Completion<Void> completion) {
    gate.onLoop(completion, () -> handout.deadLetters().move(group, delivery, completion));
  }

  @Override
  public void storeDeadLetter(
      String topic, String group, String handle, Completion<Void> completion) {
    gate.onLoop(completion, () -> handout.deadLetters().store(topic, group, handle, completion));
  }

  @Override
  public String deadLetterTopic(String group) {
    return DeadLetters.topic(group);
  }

  @Override
  public void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    gate.onLoop(
        completion, () -> handout.changeInvisible(topic, group, handle, invisible, completion));
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
