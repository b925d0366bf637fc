package dev.sluice.eventbus.core;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.ParkedMessage;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.Subscription;
import dev.sluice.eventbus.dispatch.DispatchSnapshot;
import dev.sluice.eventbus.dispatch.KeyedDispatcher;
import dev.sluice.eventbus.dispatch.Parked;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A handler on a topic: a dispatcher of its own, so that neither its bounds nor its handlers are
 * shared with another one.
 */
final class TopicSubscription implements Subscription {

  private static final double FOR_WORKERS = 0.6;

  private final String topic;
  private final SubscribeOptions options;
  private final Transport transport;
  private final KeyedDispatcher<InboundMessage> dispatcher;
  private final AtomicReference<@Nullable Tracked> tracked = new AtomicReference<>();
  private final BoundedCloseable closing;
  private final AtomicBoolean decided = new AtomicBoolean();
  // Whether it was attached, once that is over, so that nothing overtakes it.
  private final CompletableFuture<Boolean> attached = new CompletableFuture<>();
  private final Consumer<TopicSubscription> onEnd;

  TopicSubscription(
      String topic,
      SubscribeOptions options,
      Transport transport,
      KeyedDispatcher<InboundMessage> dispatcher,
      TimeoutScheduler timers,
      Consumer<TopicSubscription> onEnd) {
    this.topic = topic;
    this.options = options;
    this.transport = transport;
    this.dispatcher = dispatcher;
    this.onEnd = onEnd;
    this.closing =
        StagedClose.named("subscription to " + topic)
            .scheduler(timers)
            .action("stop fetching", this::quiesce)
            .stage("handlers", FOR_WORKERS, this::drain)
            .stage("commit", 1, deadline -> detach())
            .build();
  }

  void enter(Ledger ledger) {
    tracked.set(ledger.track("subscription", topic, this));
  }

  /** Begins to consume; once, and not after it was closed. */
  void attach() {
    if (!decided.compareAndSet(false, true)) {
      return;
    }
    boolean done = false;
    try {
      transport.attach(topic, (partition, owner) -> dispatcher.open(partition, owner));
      done = true;
    } finally {
      attached.complete(done);
    }
  }

  /** Has no more fetched. */
  void quiesce() {
    decline();
    var unused =
        attached.thenAccept(
            yes -> {
              if (yes) {
                transport.quiesce(topic);
              }
            });
  }

  private void decline() {
    if (decided.compareAndSet(false, true)) {
      attached.complete(false);
    }
  }

  /** Lets handlers end, and interrupts those that do not. */
  CompletionStage<CloseReport> drain(Deadline deadline) {
    return dispatcher.closeAsync(deadline);
  }

  private CompletionStage<Void> detach() {
    return attached
        .thenCompose(
            yes -> yes ? transport.detach(topic) : CompletableFuture.<Void>completedFuture(null))
        .whenComplete((done, failure) -> end());
  }

  /** Ends what never began. */
  void abandon() {
    decline();
    var unused = dispatcher.closeAsync(Deadline.after(Duration.ZERO));
    end();
  }

  /** Lets go of what it has; its transport holds the topic again, or has been closed. */
  void end() {
    Tracked entry = tracked.getAndSet(null);
    if (entry != null) {
      entry.close();
      onEnd.accept(this);
    }
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  @Override
  public CloseReport close(Deadline deadline) {
    return closing.close(deadline);
  }

  @Override
  public String topic() {
    return topic;
  }

  @Override
  public SubscribeOptions options() {
    return options;
  }

  @Override
  public List<ParkedMessage> parked() {
    return dispatcher.parked().stream().map(TopicSubscription::shown).toList();
  }

  @Override
  public boolean retry(ParkedMessage parked) {
    return dispatcher.retry(meant(parked));
  }

  @Override
  public boolean skip(ParkedMessage parked) {
    return dispatcher.skip(meant(parked));
  }

  DispatchSnapshot inspectDispatcher() {
    return dispatcher.inspect();
  }

  int parkedCount() {
    return dispatcher.parked().size();
  }

  private static ParkedMessage shown(Parked parked) {
    return new ParkedMessage(
        parked.flow(),
        parked.offset(),
        parked.key(),
        parked.wholeFlow(),
        parked.attempts(),
        parked.reason());
  }

  private static Parked meant(ParkedMessage parked) {
    return new Parked(
        parked.partition(),
        parked.offset(),
        parked.key(),
        parked.wholePartition(),
        parked.attempts(),
        parked.reason());
  }
}
