package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.OffsetStore;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Names queues as brokers do, waits, and refuses what cannot be. */
final class DefaultPullConsumer implements PullConsumer {
  private final PullConsumerOptions options;
  private final ClientRuntimes runtimes;
  private final Namespace namespace;
  private final Lifetime<PullMember> lifetime;

  DefaultPullConsumer(PullConsumerOptions options, ClientRuntimes runtimes) {
    this.options = options;
    this.runtimes = runtimes;
    this.namespace = new Namespace(options.client().namespace());
    this.lifetime = new Lifetime<>("pull consumer of " + options.group());
  }

  @Override
  public void start() {
    lifetime.start(() -> PullMember.join(options, namespace, runtimes));
  }

  @Override
  public PullConsumerOptions options() {
    return options;
  }

  @Override
  public List<MessageQueue> queues(String topic) {
    PullMember member = lifetime.running();
    return Blocking.on(() -> member.parts().directory().queues(namespace.wrap(topic))).stream()
        .map(queue -> QueueNames.unwrap(queue, namespace))
        .toList();
  }

  @Override
  public Set<MessageQueue> assignment() {
    PullMember member = lifetime.active();
    return member == null ? Set.of() : QueueNames.unwrap(member.queues().queues(), namespace);
  }

  @Override
  public void assign(Collection<MessageQueue> queues, FilterExpression filter) {
    PullMember member = lifetime.running();
    if (!options.subscriptions().isEmpty()) {
      throw RocketMQException.invalid(
          "assign", queues, "no topics in the options, whose queues the group shares");
    }
    Blocking.on(
        () -> {
          member.queues().assign(QueueNames.wrap(queues, namespace), filter);
          return true;
        });
  }

  @Override
  public List<ReceivedMessage> poll(Duration timeout) {
    return Blocking.on(polling(timeout, null));
  }

  /**
   * A poll that has yet to wait.
   *
   * @param taker the future that gives its messages; null for the thread that makes it
   */
  Poll polling(Duration timeout, @Nullable CompletableFuture<List<ReceivedMessage>> taker) {
    PulledQueues queues = lifetime.running().queues();
    if (timeout.isNegative()) {
      throw RocketMQException.invalid("timeout", timeout, ">= 0");
    }
    if (options.autoCommit()) {
      queues.settle();
    }
    long nanos =
        timeout.compareTo(Duration.ofDays(1)) > 0
            ? Duration.ofDays(1).toNanos()
            : timeout.toNanos();
    return new Poll(queues, nanos, taker);
  }

  @Override
  public long position(MessageQueue queue) {
    PullMember member = lifetime.running();
    MessageQueue known = QueueNames.wrap(queue, namespace);
    PulledQueue pulled = member.queues().get(known);
    if (pulled == null) {
      throw notHere(queue);
    }
    long position = pulled.position();
    return position >= 0
        ? position
        : Blocking.on(() -> member.parts().start(options.startFrom()).find(known));
  }

  @Override
  public void seek(MessageQueue queue, long offset) {
    Positions positions = positions();
    long first = positions.begin(queue);
    long end = positions.end(queue);
    if (offset < first || offset > end) {
      throw RocketMQException.invalid("offset of " + queue, offset, first + " to " + end);
    }
    move(queue, offset);
  }

  @Override
  public void seekToBegin(MessageQueue queue) {
    move(queue, positions().begin(queue));
  }

  @Override
  public void seekToEnd(MessageQueue queue) {
    move(queue, positions().end(queue));
  }

  @Override
  public void seekToTime(MessageQueue queue, Instant time) {
    move(queue, positions().at(queue, time));
  }

  private void move(MessageQueue queue, long offset) {
    if (!lifetime.running().queues().seek(QueueNames.wrap(queue, namespace), offset)) {
      throw notHere(queue);
    }
  }

  private static RocketMQException notHere(MessageQueue queue) {
    return RocketMQException.invalid("queue", queue, "one that this consumer reads");
  }

  private Positions positions() {
    return new Positions(lifetime.running().parts(), namespace);
  }

  @Override
  public long beginOffset(MessageQueue queue) {
    return positions().begin(queue);
  }

  @Override
  public long endOffset(MessageQueue queue) {
    return positions().end(queue);
  }

  @Override
  public long offsetAt(MessageQueue queue, Instant time) {
    return positions().at(queue, time);
  }

  @Override
  public OptionalLong committed(MessageQueue queue) {
    PullMember member = lifetime.running();
    MessageQueue known = QueueNames.wrap(queue, namespace);
    return Blocking.on(() -> member.parts().offsets().stored(known));
  }

  @Override
  public void commit() {
    var unused = Blocking.on(committing());
  }

  /** A commit of what polls have given by now, for which brokers have yet to be waited. */
  AsyncCalls.Call<Done> committing() {
    return committing(lifetime.running().queues().positions());
  }

  @Override
  public void commit(Map<MessageQueue, Long> offsets) {
    var unused = Blocking.on(committing(offsets));
  }

  /** The same of these offsets. */
  AsyncCalls.Call<Done> committing(Map<MessageQueue, Long> offsets) {
    PullMember member = lifetime.running();
    Map<MessageQueue, Long> known = new HashMap<>();
    offsets.forEach((queue, offset) -> known.put(QueueNames.wrap(queue, namespace), offset));
    OffsetStore store = member.parts().offsets();
    if (options.autoCommit() || member.parts().terms().isBroadcasting()) {
      // What is stored now and then is not to undo this.
      known.forEach(store::reset);
    }
    return () -> {
      store.commit(known);
      return Done.DONE;
    };
  }

  @Override
  public void pause(Collection<MessageQueue> queues) {
    lifetime.running().queues().pause(QueueNames.wrap(queues, namespace));
  }

  @Override
  public void resume(Collection<MessageQueue> queues) {
    lifetime.running().queues().resume(QueueNames.wrap(queues, namespace));
  }

  @Override
  public Set<MessageQueue> paused() {
    PullMember member = lifetime.active();
    return member == null ? Set.of() : QueueNames.unwrap(member.queues().paused(), namespace);
  }

  @Override
  public AsyncPullConsumer async() {
    return new PullFutures(this);
  }

  AsyncCalls asyncCalls() {
    return lifetime.running().calls();
  }

  /** How many messages are read ahead. */
  int readAhead() {
    PullMember member = lifetime.active();
    return member == null ? 0 : member.queues().readAhead();
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return lifetime.closeAsync(deadline);
  }
}
