package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hands out a message when the one before it with the same sharding key is acknowledged or among
 * the dead letters. Messages with different keys do not wait for each other.
 *
 * <p>What is to come again while there is a stream for it is kept here and given once more, its
 * attempt counted: the message system would hand out all of the queue from there on again, which
 * costs every message behind it an attempt too. Only what no stream can have any more goes back.
 */
final class OrderedDispatch implements Dispatch, Holder {

  /** After how long a move to the dead letters that failed is tried again. */
  private static final Duration BURY_AGAIN = Duration.ofSeconds(1);

  /** What waits is not given up; a stream's own time begins when it is given. */
  private static final Duration UNLIMITED = Duration.ofDays(10_000);

  private static final AckOutcome NOT_MOVED =
      new AckOutcome.Failed(GatewayException.unavailable("not among the dead letters yet", null));

  private final Instance instance;
  private final GroupPolls.Key key;
  private final Loop loop;
  private final HoldLoop holds;
  private final DeadLetters deadLetters;
  private final Runnable changed;
  private final Rota streams = new Rota();
  // A queue leaves with the last of its deliveries. What waits in all of them is bounded by
  // mayPoll, but for one receive; what is given by the streams' credit.
  private final Map<QueueId, OrderedQueue> queues = new LinkedHashMap<>();
  private Cancellable wake = Cancellable.NONE;
  private long wakeNanos = Long.MAX_VALUE;

  /**
   * Makes one without streams.
   *
   * @param changed has {@link #handOut} called soon
   */
  OrderedDispatch(
      Instance instance,
      GroupPolls.Key key,
      Loop loop,
      HoldLoop holds,
      DeadLetters deadLetters,
      Runnable changed) {
    this.instance = instance;
    this.key = key;
    this.loop = loop;
    this.holds = holds;
    this.deadLetters = deadLetters;
    this.changed = changed;
  }

  @Override
  public void join(Subscriber subscriber) {
    streams.add(subscriber);
  }

  @Override
  public void leave(Subscriber subscriber) {
    streams.remove(subscriber);
    for (Held held : List.copyOf(subscriber.held)) {
      OrderedQueue.Entry entry = find(held);
      if (entry == null || !streams.wants(entry.delivery)) {
        holds.handBack(held);
      } else if (!held.changing && !held.acking) {
        again(entry, Duration.ZERO);
      } else if (held.deferred == null) {
        held.deferred = () -> againUnlessOver(held);
      }
    }
    for (OrderedQueue queue : List.copyOf(queues.values())) {
      if (isUnwanted(queue)) {
        breakUp(queue);
      }
    }
    changed.run();
  }

  /** Whether something waits in it that no stream here has asked for. */
  private boolean isUnwanted(OrderedQueue queue) {
    return queue.waiting().stream().anyMatch(entry -> !streams.wants(entry.delivery));
  }

  private void againUnlessOver(Held held) {
    OrderedQueue.Entry entry = find(held);
    if (entry != null) {
      again(entry, Duration.ZERO);
    }
  }

  @Override
  public boolean mayPoll() {
    long messages = 0;
    long bytes = 0;
    for (OrderedQueue queue : queues.values()) {
      for (OrderedQueue.Entry entry : queue.waiting()) {
        messages++;
        bytes += entry.held.bytes;
      }
    }
    var settings = instance.settings().receive();
    return messages < settings.bufferMessages() && bytes < settings.bufferBytes();
  }

  @Override
  public boolean isEmpty() {
    return queues.isEmpty();
  }

  @Override
  public boolean deliver(List<Delivery> received) {
    Map<QueueId, OrderedQueue> begun = new LinkedHashMap<>();
    for (Delivery delivery :
        received.stream().sorted(Comparator.comparingLong(Delivery::offset)).toList()) {
      OrderedQueue queue = begun.computeIfAbsent(delivery.queue(), this::beginAnew);
      queue.add(
          new OrderedQueue.Entry(
              delivery, holds.hold(this, key.shared(), key.group(), delivery, UNLIMITED)));
    }
    List<OrderedQueue> unwanted = begun.values().stream().filter(this::isUnwanted).toList();
    unwanted.forEach(this::breakUp);
    handOut();
    return unwanted.isEmpty();
  }

  /** The message system goes on with it: whatever waits here comes with that once more. */
  private OrderedQueue beginAnew(QueueId id) {
    OrderedQueue known = queues.get(id);
    if (known != null) {
      breakUp(known);
    }
    OrderedQueue queue = queues.computeIfAbsent(id, none -> new OrderedQueue());
    queue.broken = false;
    return queue;
  }

  /** Hands back what waits: it must not pass what comes again. */
  private void breakUp(OrderedQueue queue) {
    queue.broken = true;
    for (OrderedQueue.Entry entry : queue.waiting()) {
      holds.handBack(entry.held);
    }
  }

  @Override
  public void handOut() {
    for (OrderedQueue queue : List.copyOf(queues.values())) {
      if (!queue.broken) {
        queue.next().forEach(this::handOut);
      }
    }
    streams.flush();
    wakeInTime();
  }

  private void handOut(OrderedQueue.Entry entry) {
    if (entry.notBeforeNanos - instance.clock().nanoTime() > 0) {
      return;
    }
    int maxAttempts = instance.settings().receive().maxAttempts();
    if (deadLetters.isDue(key.group(), entry.delivery, maxAttempts)) {
      bury(entry);
      return;
    }
    if (entry.claimed && isBusy(entry.held)) {
      return;
    }
    Subscriber taker = streams.taker(entry.delivery);
    if (taker != null) {
      if (entry.claimed) {
        entry.claimed = false;
        rename(entry);
      }
      count(entry.delivery);
      deadLetters.given(key.group(), entry.delivery, maxAttempts);
      entry.state = OrderedQueue.State.GIVEN;
      entry.held.holder = taker;
      holds.beginHold(entry.held, taker.maxHold);
      taker.give(entry.held, new SealedDelivery(entry.delivery, holds.seal(entry.held)));
    }
  }

  private void count(Delivery delivery) {
    instance.metrics().increment(Counter.MESSAGES_RECEIVED);
    instance.metrics().topics().succeeded(key.topic(), Count.RECEIVED, 1);
    if (delivery.attempt() > 1) {
      instance.metrics().increment(Counter.REDELIVERIES);
    }
  }

  /** One timer for all that waits for a time. */
  private void wakeInTime() {
    long now = instance.clock().nanoTime();
    long next = Long.MAX_VALUE;
    for (OrderedQueue queue : queues.values()) {
      for (OrderedQueue.Entry entry : queue.next()) {
        if (entry.notBeforeNanos - now > 0) {
          next = Math.min(next, entry.notBeforeNanos);
        }
      }
    }
    if (next != wakeNanos) {
      wake.cancel();
      wakeNanos = next;
      wake =
          next == Long.MAX_VALUE
              ? Cancellable.NONE
              : loop.schedule(this::wake, Duration.ofNanos(next - now));
    }
  }

  private void wake() {
    wakeNanos = Long.MAX_VALUE;
    changed.run();
  }

  @Override
  public @Nullable Held keep(Held held, Duration delay) {
    OrderedQueue.Entry entry = find(held);
    if (entry == null) {
      return null;
    }
    entry.claimed = true;
    return again(entry, delay);
  }

  /** Takes it from its stream, or has it wait anew, to be given once more. */
  private Held again(OrderedQueue.Entry entry, Duration delay) {
    if (entry.state == OrderedQueue.State.GIVEN) {
      entry.delivery = entry.delivery.again(entry.delivery.attempt() + 1);
    }
    Held fresh = rename(entry);
    entry.notBeforeNanos = instance.clock().nanoTime() + delay.toNanos();
    waitsAgain(entry);
    return fresh;
  }

  /** Holds it anew, as what waits here: who had a handle of it has none any more. */
  private Held rename(OrderedQueue.Entry entry) {
    entry.state = OrderedQueue.State.MOVING;
    Held fresh = holds.again(entry.held, this, UNLIMITED);
    entry.held = fresh;
    entry.state = OrderedQueue.State.WAITING;
    return fresh;
  }

  /** What is under way for who has a handle of what waits here is to end first. */
  private boolean isBusy(Held held) {
    if (!held.changing && !held.acking) {
      return false;
    }
    if (held.deferred == null) {
      held.deferred = changed;
    }
    return true;
  }

  private void waitsAgain(OrderedQueue.Entry entry) {
    OrderedQueue queue = queueOf(entry);
    if (queue.broken || !streams.wants(entry.delivery)) {
      breakUp(queue);
    }
    changed.run();
  }

  /** Moves it to the dead letters; until that has ended nothing else is done with it. */
  private void bury(OrderedQueue.Entry entry) {
    Held held = entry.held;
    if (isBusy(held)) {
      return;
    }
    entry.state = OrderedQueue.State.MOVING;
    holds.lend(held);
    deadLetters.move(
        key.shared(),
        key.group(),
        entry.delivery.by(held.handle),
        moved -> {
          entry.state = OrderedQueue.State.WAITING;
          if (moved) {
            holds.settle(held, AckOutcome.OK);
          } else {
            entry.notBeforeNanos = instance.clock().nanoTime() + BURY_AGAIN.toNanos();
            holds.settle(held, NOT_MOVED);
            waitsAgain(entry);
          }
        });
  }

  @Override
  public void released(Held held) {
    streamReleased(held);
    changed.run();
  }

  @Override
  public void streamReleased(Held held) {
    OrderedQueue.Entry entry = find(held);
    if (entry == null || entry.state == OrderedQueue.State.MOVING) {
      return;
    }
    OrderedQueue queue = queueOf(entry);
    queue.remove(entry);
    if (queue.isEmpty()) {
      queues.remove(held.queue);
    } else if (!held.acknowledged && !queue.broken) {
      breakUp(queue);
    }
  }

  private OrderedQueue queueOf(OrderedQueue.Entry entry) {
    return Objects.requireNonNull(queues.get(entry.held.queue), "it is in its queue");
  }

  private OrderedQueue.@Nullable Entry find(Held held) {
    OrderedQueue queue = queues.get(held.queue);
    return queue == null ? null : queue.find(held);
  }
}
