package dev.sluice.eventbus.core;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.BusSnapshot;
import dev.sluice.eventbus.BusSnapshot.Consumption;
import dev.sluice.eventbus.BusSnapshot.Health;
import dev.sluice.eventbus.BusSnapshot.Partition;
import dev.sluice.eventbus.CloudEvents;
import dev.sluice.eventbus.DeadLetters;
import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EnvelopeHandler;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.MessageHandler;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.PermanentFailureException;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.eventbus.Subscription;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.eventbus.transport.TransportHealth;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.lifecycle.Tracked;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The event bus, the same over every broker: all that a broker is, is its {@link Transport}. */
public final class TransportBus implements EventBus {

  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,126}");

  private enum Phase {
    NEW,
    STARTING,
    RUNNING,
    CLOSED
  }

  /** What the transport and the dispatchers tell, who can be asked no more after the close. */
  private record LastLook(
      TransportHealth health, List<Consumption> subscriptions, List<Partition> held) {}

  private final BusOptions options;
  private final Transport transport;
  private final Ledger ledger;
  private final TimeoutScheduler timers;
  private final Publishing publishing;
  private final DeskThreads deskThreads;
  private final DeadLetters deadLetters;
  private final Dispatchers dispatchers;
  private final BoundedCloseable closing;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
  // Whether the transport was started, once that is over, so that its close does not overtake it.
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();
  // By topic, declared ones only; each is taken out when it has ended.
  private final ConcurrentMap<String, TopicSubscription> subscriptions = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Tracked> tracked = new AtomicReference<>();
  private volatile @Nullable LastLook lastLook;

  private TransportBus(
      BusOptions options,
      Transport transport,
      Ledger ledger,
      Clock clock,
      TimeoutScheduler timers) {
    this.options = options;
    this.transport = transport;
    this.ledger = ledger;
    this.timers = timers;
    this.publishing = new Publishing(options, transport, ledger, clock, timers);
    this.deskThreads = new DeskThreads(ledger, options.group());
    this.deadLetters = new DeadLetterDesk(options, transport, publishing, deskThreads, clock);
    this.dispatchers = new Dispatchers(options, publishing, ledger, clock);
    this.closing =
        new BusClose(subscriptions.values(), publishing, deskThreads, transport, started)
            .staged(this::takeLastLook, this::release, timers);
  }

  /**
   * A bus over a transport, which is then the bus's own: it starts it and closes it.
   *
   * @param ledger that has what the bus opens, as long as it is open
   */
  public static EventBus over(Transport transport, BusOptions options, Ledger ledger) {
    return over(transport, options, ledger, Clock.system(), TimeoutScheduler.system());
  }

  /** The same on another clock. */
  static EventBus over(
      Transport transport,
      BusOptions options,
      Ledger ledger,
      Clock clock,
      TimeoutScheduler timers) {
    return new TransportBus(options, transport, ledger, clock, timers);
  }

  @Override
  public void start() {
    if (!phase.compareAndSet(Phase.NEW, Phase.STARTING)) {
      throw new IllegalStateException("the bus was started or closed before");
    }
    boolean done = false;
    try {
      tracked.set(ledger.track("event bus", options.group(), this));
      transport.start();
      done = true;
    } finally {
      if (!done) {
        phase.set(Phase.CLOSED);
        release();
      }
      started.complete(done);
    }
    if (phase.compareAndSet(Phase.STARTING, Phase.RUNNING)) {
      subscriptions.values().forEach(TopicSubscription::attach);
    }
  }

  private Phase phase() {
    return Objects.requireNonNull(phase.get());
  }

  @Override
  public BusOptions options() {
    return options;
  }

  @Override
  public CompletableFuture<Published> publish(String topic, OutboundMessage message) {
    Objects.requireNonNull(message, "message");
    return switch (phase()) {
      case NEW, STARTING ->
          CompletableFuture.failedFuture(
              EventBusException.of(Category.UNAVAILABLE, "the bus is not started"));
      case CLOSED -> CompletableFuture.failedFuture(PublishWindow.closed());
      case RUNNING ->
          TOPIC.matcher(topic).matches()
              ? publishing.publish(topic, message)
              : CompletableFuture.failedFuture(
                  EventBusException.invalid(
                      "topic", topic, "1 to 127 characters of A-Z a-z 0-9 . _ -"));
    };
  }

  @Override
  public CompletableFuture<Published> publishEnvelope(String topic, Envelope envelope) {
    byte[] event = CloudEvents.write(envelope, "urn:sluice:" + options.group());
    var headers = Map.of(CloudEvents.CONTENT_TYPE_HEADER, CloudEvents.MEDIA_TYPE);
    return publish(topic, new OutboundMessage(envelope.aggregateId(), event, headers));
  }

  @Override
  public Subscription subscribe(String topic, SubscribeOptions how, MessageHandler handler) {
    Objects.requireNonNull(handler, "handler");
    if (!options.topics().contains(topic)) {
      throw EventBusException.invalid("topic", topic, "one of " + options.topics());
    }
    var subscription =
        new TopicSubscription(
            topic, how, transport, dispatchers.create(topic, how, handler), timers, this::ended);
    subscription.enter(ledger);
    if (subscriptions.putIfAbsent(topic, subscription) != null) {
      subscription.abandon();
      throw EventBusException.invalid("topic", topic, "one without a handler");
    }
    switch (phase()) {
      // Attached when it is started.
      case NEW, STARTING -> {}
      case RUNNING -> subscription.attach();
      case CLOSED -> {
        subscription.abandon();
        throw PublishWindow.closed();
      }
    }
    return subscription;
  }

  @Override
  public Subscription subscribeEnvelope(
      String topic, SubscribeOptions how, EnvelopeHandler handler) {
    Objects.requireNonNull(handler, "handler");
    return subscribe(
        topic,
        how,
        message -> {
          Envelope envelope;
          try {
            envelope = CloudEvents.read(message.body());
          } catch (EventBusException e) {
            throw new PermanentFailureException("no envelope: " + e.getMessage(), e);
          }
          handler.handle(envelope, message);
        });
  }

  private void ended(TopicSubscription subscription) {
    subscriptions.remove(subscription.topic(), subscription);
  }

  @Override
  public DeadLetters deadLetters() {
    return deadLetters;
  }

  @Override
  public BusSnapshot inspect() {
    LastLook atTheEnd = lastLook;
    LastLook seen = atTheEnd != null ? atTheEnd : look();
    return new BusSnapshot(
        options.group(),
        transport.name(),
        switch (phase()) {
          case NEW, STARTING -> Health.NEW;
          case RUNNING -> Snapshots.health(seen.health(), seen.subscriptions());
          case CLOSED -> Health.CLOSED;
        },
        seen.health().detail(),
        publishing.messages(),
        publishing.bytes(),
        publishing.published(),
        publishing.failures(),
        seen.health().rebalances(),
        seen.subscriptions(),
        seen.held(),
        ledger.snapshot());
  }

  private LastLook look() {
    List<PartitionStatus> partitions = transport.partitions();
    return new LastLook(
        transport.health(),
        subscriptions.values().stream()
            .map(subscription -> Snapshots.consumption(subscription, partitions))
            .toList(),
        Snapshots.held(partitions));
  }

  /** What there was once handlers had ended, for those who ask after the close. */
  private void takeLastLook() {
    lastLook = look();
  }

  private void release() {
    subscriptions.values().forEach(TopicSubscription::end);
    Tracked entry = tracked.getAndSet(null);
    if (entry != null) {
      entry.close();
    }
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    beginToClose();
    return closing.closeAsync(deadline);
  }

  @Override
  public CloseReport close(Deadline deadline) {
    beginToClose();
    return closing.close(deadline);
  }

  private void beginToClose() {
    if (phase.getAndSet(Phase.CLOSED) == Phase.NEW) {
      started.complete(false);
    }
  }
}
