package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** A consumer from its start, where it becomes a member of its group, to its close. */
final class DefaultPushConsumer implements PushConsumer {
  private final PushConsumerOptions options;
  private final ClientRuntimes runtimes;
  private final Namespace namespace;
  private final Lifetime<PushMember> lifetime;
  private volatile boolean paused;

  DefaultPushConsumer(PushConsumerOptions options, ClientRuntimes runtimes) {
    this.options = options;
    this.runtimes = runtimes;
    this.namespace = new Namespace(options.client().namespace());
    this.lifetime = new Lifetime<>("push consumer of " + options.group());
  }

  @Override
  public void start() {
    lifetime.start(() -> PushMember.join(options, namespace, runtimes, () -> paused));
  }

  @Override
  public PushConsumerOptions options() {
    return options;
  }

  @Override
  public Set<MessageQueue> assignment() {
    return held().stream()
        .map(AssignedQueue::queue)
        .map(queue -> new MessageQueue(namespace.unwrap(queue.topic()), queue.broker(), queue.id()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What is held of the queues, whose topics are named as brokers know them. */
  Collection<AssignedQueue> held() {
    PushMember joined = lifetime.active();
    return joined == null ? Set.of() : joined.held();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return lifetime.closeAsync(deadline);
  }
}
