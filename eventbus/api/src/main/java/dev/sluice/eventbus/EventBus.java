package dev.sluice.eventbus;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes events and has handlers consume them. Started once, closed once; for any number of
 * threads.
 *
 * <p><b>Order.</b> Events of one key (an envelope's aggregate) are handled one after the other, in
 * the order in which the broker has them: the next one starts when the one before it is resolved,
 * that is handled, dead-lettered or explicitly skipped, its retries included. Events of different
 * keys wait for each other only where a bound of the subscription is reached.
 *
 * <p><b>At least once.</b> How far a group is, is committed only as far as everything before it is
 * resolved. What was handled beyond that comes again after a crash.
 *
 * <p><b>Closing</b> stops fetching, waits for running handlers, interrupts them, commits, and
 * leaves the group. It returns by its deadline even if a handler never does, and reports what was
 * unresolved.
 */
public interface EventBus extends BoundedCloseable {

  /** A bus in memory; needs {@code sluice-eventbus-memory}. */
  static EventBus memory(MemoryOptions options) {
    return create(options, Ledger.create());
  }

  /** A bus over RocketMQ; needs {@code sluice-eventbus-rocketmq}. */
  static EventBus rocketmq(RocketMQOptions options) {
    return create(options, Ledger.create());
  }

  /** A bus over NATS JetStream; needs {@code sluice-eventbus-nats}. */
  static EventBus nats(NatsOptions options) {
    return create(options, Ledger.create());
  }

  /** A bus over Kafka; needs {@code sluice-eventbus-kafka}. */
  static EventBus kafka(KafkaOptions options) {
    return create(options, Ledger.create());
  }

  /**
   * A bus over the broker that the options are of. It is not started.
   *
   * @param ledger that has whatever the bus opens, as long as it is open; {@link BusSnapshot} shows
   *     it
   * @throws EventBusException UNAVAILABLE if the artifact that it needs is not there
   */
  static EventBus create(TransportOptions options, Ledger ledger) {
    return Providers.create(options, ledger);
  }

  /**
   * Connects in the background; does not wait for the broker, nor fail when it is away.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /** What it was made with. */
  BusOptions options();

  /**
   * Publishes a message. Never blocks.
   *
   * @return completes exactly once, within {@link BusOptions#publishTimeout}, waiting included;
   *     fails with an {@link EventBusException}
   */
  CompletableFuture<Published> publish(String topic, OutboundMessage message);

  /** The same for an envelope, whose aggregate is the key. */
  CompletableFuture<Published> publishEnvelope(String topic, Envelope envelope);

  /**
   * Has a handler consume a topic, which must be one of {@link BusOptions#topics}. A declared topic
   * without a handler is held: nothing of it is skipped.
   *
   * @throws EventBusException INVALID_ARGUMENT if the topic is not declared, or has a handler
   */
  Subscription subscribe(String topic, SubscribeOptions options, MessageHandler handler);

  /** The same for envelopes. What is no envelope is dealt with as the failure policy says. */
  Subscription subscribeEnvelope(String topic, SubscribeOptions options, EnvelopeHandler handler);

  /** What was dead-lettered: to be listed, looked at, and published again. */
  DeadLetters deadLetters();

  /** What goes on now. */
  BusSnapshot inspect();

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
