package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A consumer from its start, where it becomes a member of its group, to its close. */
final class DefaultPushConsumer implements PushConsumer {
  private final PushConsumerOptions options;
  private final ClientRuntimes runtimes;
  private final Namespace namespace;
  private final BoundedCloseable closing;
  private volatile boolean paused;
  private final AtomicReference<State> state = new AtomicReference<>(new State.Fresh());

  private sealed interface State {
    record Fresh() implements State {}

    record Starting() implements State {}

    record Joined(GroupMember member) implements State {}

    record Closed() implements State {}
  }

  DefaultPushConsumer(PushConsumerOptions options, ClientRuntimes runtimes) {
    this.options = options;
    this.runtimes = runtimes;
    this.namespace = new Namespace(options.client().namespace());
    this.closing =
        StagedClose.named("push consumer of " + options.group())
            .stage("leave the group", 1, this::closeMember)
            .build();
  }

  @Override
  public void start() {
    State fresh = state.get();
    State starting = new State.Starting();
    if (!(fresh instanceof State.Fresh) || !state.compareAndSet(fresh, starting)) {
      throw new IllegalStateException(
          "consumer of "
              + options.group()
              + ": "
              + (fresh instanceof State.Closed ? "closed" : "started before")
              + " (expected: started once)");
    }
    GroupMember joined;
    try {
      joined = GroupMember.join(options, namespace, runtimes, () -> paused);
    } catch (RuntimeException e) {
      state.compareAndSet(starting, new State.Fresh());
      throw e;
    }
    if (!state.compareAndSet(starting, new State.Joined(joined))) {
      // Closed meanwhile, by one who could not know of it.
      joined.close();
    }
  }

  private @Nullable GroupMember member() {
    return state.get() instanceof State.Joined joined ? joined.member() : null;
  }

  @Override
  public PushConsumerOptions options() {
    return options;
  }

  @Override
  public Set<MessageQueue> assignment() {
    GroupMember joined = member();
    return joined == null
        ? Set.of()
        : joined.queues().stream()
            .map(
                queue ->
                    new MessageQueue(namespace.unwrap(queue.topic()), queue.broker(), queue.id()))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** What is held of the queues, whose topics are named as brokers know them. */
  Collection<AssignedQueue> held() {
    GroupMember joined = member();
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

  private CompletionStage<?> closeMember(Deadline deadline) {
    return state.getAndSet(new State.Closed()) instanceof State.Joined joined
        ? joined.member().closeAsync(deadline)
        : CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
