package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.eventbus.transport.TransportHealth;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.runtime.Calls;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** RocketMQ from its start to its close. */
final class RocketMQTransport implements Transport {
  private static final int MOST_BROWSED = 1000;

  private final RocketMQOptions options;
  private final Ledger ledger;
  private final Reachability reachability = new Reachability();
  private final AtomicReference<State> state = new AtomicReference<>(new State.Fresh());
  private final BoundedCloseable closing =
      StagedClose.named("RocketMQ").stage("client", 1, this::closeClient).build();

  private sealed interface State {
    record Fresh() implements State {}

    record Starting() implements State {}

    record Running(BusClient client) implements State {}

    record Closed() implements State {}
  }

  RocketMQTransport(RocketMQOptions options, Ledger ledger) {
    this.options = options;
    this.ledger = ledger;
  }

  @Override
  public String name() {
    return "rocketmq";
  }

  @Override
  public void start() {
    State fresh = state.get();
    State starting = new State.Starting();
    if (!(fresh instanceof State.Fresh) || !state.compareAndSet(fresh, starting)) {
      throw new IllegalStateException("RocketMQ: started or closed before (expected: once)");
    }
    BusClient client;
    try {
      client = BusClient.open(options, ledger, reachability);
    } catch (RocketMQException e) {
      state.compareAndSet(starting, new State.Fresh());
      throw Failures.of(e);
    }
    if (!state.compareAndSet(starting, new State.Running(client))) {
      // Closed meanwhile, by one who could not know of it.
      client.close();
      return;
    }
    if (options.newTopicQueues() > 0) {
      client.membership().tasks().start(new MissingTopics(client.membership(), options));
    }
  }

  /**
   * What it runs on.
   *
   * @throws EventBusException UNAVAILABLE before the start and after the close
   */
  BusClient running() {
    if (state.get() instanceof State.Running running) {
      return running.client();
    }
    throw Failures.closed();
  }

  private String wrapped(BusClient client, String topic) {
    return client.membership().terms().namespace().wrap(topic);
  }

  @Override
  public CompletableFuture<Published> publish(
      String topic, OutboundMessage message, Deadline deadline) {
    try {
      BusClient client = running();
      Message outbound = Messages.outbound(topic, message);
      return client.sends().send(outbound, deadline);
    } catch (RocketMQException | EventBusException e) {
      return CompletableFuture.failedFuture(e instanceof EventBusException ? e : Failures.of(e));
    }
  }

  @Override
  public void attach(String topic, Intake intake) {
    BusClient client = running();
    client.flows().attach(wrapped(client, topic), intake);
  }

  @Override
  public void quiesce(String topic) {
    if (state.get() instanceof State.Running running) {
      running.client().flows().quiesce(wrapped(running.client(), topic));
    }
  }

  @Override
  public CompletionStage<Void> detach(String topic) {
    if (!(state.get() instanceof State.Running running)) {
      // Closing has committed it, or is about to.
      return CompletableFuture.completedFuture(null);
    }
    BusClient client = running.client();
    List<MessageQueue> held = client.flows().detach(wrapped(client, topic));
    return inBackground(
        client,
        () -> {
          client.membership().offsets().persist(held);
          for (MessageQueue queue : held) {
            checkCommitted(client, queue);
          }
          return null;
        });
  }

  /** A commit that failed was logged, and is tried again; who waits for it is to know. */
  private static void checkCommitted(BusClient client, MessageQueue queue)
      throws InterruptedException {
    OptionalLong noted = client.membership().offsets().noted(queue);
    if (noted.isEmpty()) {
      return;
    }
    TopicQueue where = client.membership().directory().find(queue);
    long committed =
        Calls.<Long>await(
            reply ->
                client
                    .membership()
                    .remoting()
                    .offsets()
                    .committed(client.membership().group(), where, reply));
    if (committed < noted.getAsLong()) {
      throw EventBusException.of(
          EventBusException.Category.UNAVAILABLE,
          queue + " is committed up to " + committed + " (expected: " + noted.getAsLong() + ')');
    }
  }

  @Override
  public CompletionStage<List<InboundMessage>> browse(
      String topic, @Nullable String from, int max) {
    try {
      BusClient client = running();
      if (max < 1 || max > MOST_BROWSED) {
        throw EventBusException.invalid("max", max, "1 to " + MOST_BROWSED);
      }
      Partitions.Position after = from == null ? null : Partitions.Position.parse(from);
      return inBackground(
          client,
          () -> new TopicReader(client.membership()).read(wrapped(client, topic), after, max));
    } catch (EventBusException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Something that waits for brokers. */
  @FunctionalInterface
  private interface Question<T> {
    @Nullable T ask() throws InterruptedException;
  }

  private static <T> CompletableFuture<T> inBackground(BusClient client, Question<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean started =
        client
            .membership()
            .tasks()
            .start(
                () -> {
                  try {
                    answer.complete(question.ask());
                  } catch (RocketMQException e) {
                    answer.completeExceptionally(Failures.of(e));
                  } catch (EventBusException e) {
                    answer.completeExceptionally(e);
                  } finally {
                    // Of no effect where it is complete.
                    answer.completeExceptionally(Failures.closed());
                  }
                });
    if (!started) {
      answer.completeExceptionally(Failures.closed());
    }
    return answer;
  }

  @Override
  public List<PartitionStatus> partitions() {
    return state.get() instanceof State.Running running
        ? running.client().flows().partitions()
        : List.of();
  }

  @Override
  public TransportHealth health() {
    return reachability.health();
  }

  private CompletionStage<?> closeClient(Deadline deadline) {
    return state.getAndSet(new State.Closed()) instanceof State.Running running
        ? running.client().closeAsync(deadline)
        : CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
