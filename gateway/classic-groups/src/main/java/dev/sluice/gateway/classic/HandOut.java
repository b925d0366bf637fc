package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives ready messages to those who wait, and hears what becomes of them. Belongs to its group's
 * loop.
 */
final class HandOut {
  private static final Logger log = LoggerFactory.getLogger(HandOut.class);

  /**
   * The longest that a delivery can be resolved here. Until it comes again after longer, its broker
   * keeps it, by the delay that is nearest.
   */
  static final Duration LONGEST_HELD = Duration.ofMinutes(15);

  private static final AckOutcome GONE = new AckOutcome.Failed(gone());

  private final GroupParts parts;
  private final AssignedQueues queues;
  private final SendBacks sendBacks;
  private long lastNumber;
  private int turn;

  HandOut(GroupParts parts, AssignedQueues queues, SendBacks sendBacks) {
    this.parts = parts;
    this.queues = queues;
    this.sendBacks = sendBacks;
  }

  /** Gives what is ready to those who wait for the topic's messages, who came first first. */
  void serve(ReadTopic topic) {
    if (topic.waiting.isEmpty()) {
      return;
    }
    List<ReadQueue> readable = new ArrayList<>(queues.of(topic.name));
    readable.addAll(queues.of(parts.retryTopic()));
    for (WaitingReceive receive : List.copyOf(topic.waiting)) {
      List<Delivery> deliveries = take(receive, readable);
      if (!deliveries.isEmpty()) {
        receive.end(deliveries);
      }
    }
  }

  private List<Delivery> take(WaitingReceive receive, List<ReadQueue> readable) {
    int most = receive.request.max();
    List<Delivery> deliveries = new ArrayList<>();
    int first = turn++;
    for (int i = 0; i < readable.size() && deliveries.size() < most; i++) {
      ReadQueue queue = readable.get(Math.floorMod(first + i, readable.size()));
      if (receive.asksFor(queue)) {
        for (Held held : queue.take(receive.request.topic(), most - deliveries.size())) {
          Delivery delivery = delivery(held, receive.request.invisible());
          if (delivery != null) {
            deliveries.add(delivery);
          }
        }
      }
    }
    return deliveries;
  }

  /** The delivery, which has begun; null where nobody can read it. */
  private @Nullable Delivery delivery(Held held, Duration invisible) {
    StoredMessage message = held.message;
    if (message == null) {
      throw new IllegalStateException(held.messageId + " has no message (expected: a ready one)");
    }
    String handle = await(held, invisible);
    Delivery delivery =
        parts
            .view()
            .delivery(
                message,
                held.topic,
                held.queue.id().broker(),
                held.attempt,
                handle,
                parts.clock().currentTimeMillis() + invisible.toMillis());
    if (delivery == null) {
      // Nothing is lost by it: it comes again, maybe to another reader.
      log.warn(
          "message {} of {} for {} is given back, as its body cannot be read: {}",
          held.messageId,
          held.topic,
          parts.group(),
          message.body());
      giveUnread(held);
    } else if (!held.queue.ordered) {
      held.message = null;
    }
    return delivery;
  }

  /** Gives a message back that nobody here can read, the later the oftener that happened. */
  void giveUnread(Held held) {
    held.queue.takeBack(held);
    held.level = SendBacks.levelOfAttempt(held.attempt);
    sendBacks.give(held);
  }

  /** The handle that resolves it from now on, until it comes again after this time. */
  private String await(Held held, Duration invisible) {
    held.number = ++lastNumber;
    boolean kept = invisible.compareTo(LONGEST_HELD) <= 0 || held.queue.ordered;
    held.level = kept ? 1 : SendBacks.level(invisible.minus(LONGEST_HELD).toNanos());
    parts.alarms().in((kept ? invisible : LONGEST_HELD).toNanos(), held.alarm);
    MessageQueue queue = held.queue.id();
    return new ClassicHandle(
            parts.token(),
            held.number,
            held.queue.isRetried(),
            queue.id(),
            held.offset,
            queue.broker())
        .encode();
  }

  /** A caller's time is over, or its broker did not take it: it comes again by its broker. */
  void expired(Held held) {
    sendBacks.give(held);
  }

  /** Resolves the delivery that the handle names. */
  AckOutcome ack(String topic, String handle) {
    Held held;
    try {
      held = find(topic, handle);
    } catch (GatewayException e) {
      return new AckOutcome.Failed(e);
    }
    if (held == null) {
      return GONE;
    }
    held.queue.resolve(held);
    return AckOutcome.OK;
  }

  /** Sets when the delivery that the handle names comes again. */
  NewHandle change(String topic, String handle, Duration invisible) {
    Held held = find(topic, handle);
    if (held == null) {
      throw gone();
    }
    Duration wait = invisible.isNegative() ? Duration.ZERO : invisible;
    String renewed = await(held, wait);
    if (wait.isZero()) {
      held.queue.due(held);
    }
    return new NewHandle(renewed, parts.clock().currentTimeMillis() + wait.toMillis());
  }

  private @Nullable Held find(String topic, String text) {
    ClassicHandle handle = ClassicHandle.parse(text);
    if (!handle.token().equals(parts.token())) {
      return null;
    }
    ReadQueue queue =
        queues.find(
            new MessageQueue(
                handle.storedTopic(topic, parts.group()), handle.broker(), handle.queueId()));
    Held held = queue == null ? null : queue.out(handle);
    return held != null && held.topic.equals(topic) ? held : null;
  }

  static GatewayException gone() {
    return GatewayException.notFound(
        Subject.HANDLE,
        "handle: names no delivery that is held here (any more); its message comes again, unless it"
            + " was acknowledged (expected: a delivery's newest handle, within its invisible"
            + " duration)");
  }
}
