package dev.sluice.eventbus.nats;

import io.nats.client.Message;
import io.nats.client.MessageHandler;
import io.nats.client.Subscription;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.nats.client.support.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Reads from one consumer over one connection: asks for some messages at a time, and for more when
 * all of these were taken. Belongs to its feed's tasks.
 *
 * <p>The server numbers what a consumer hands out. As long as no number is missing, nothing was
 * overtaken: what comes for the first time comes in order. When one is missing, the consumer has to
 * be made anew.
 */
final class PullLoop {
  private static final int BATCH = 256;
  private static final long BYTES = 4L << 20;
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final byte[] ACKNOWLEDGE = "+ACK".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IN_PROGRESS = "+WPI".getBytes(StandardCharsets.US_ASCII);

  private final Part part;
  private final Session session;
  private final Taken taken;
  private final long touchNanos;
  private final String inbox;
  private final String next;
  private final byte[] request;
  // Bounded by what was asked for.
  private final Deque<Delivery> arrived = new ArrayDeque<>();
  private @Nullable Subscription subscription;
  private long handedOut;
  private int asked;
  private long askedUntil;
  private long pausedUntil;
  private long backlog = -1;

  /**
   * A loop that does not read yet.
   *
   * @param ackWait within a third of which the server hears of what is held
   * @param now on the clock that all is asked by
   */
  PullLoop(
      Part part,
      String stream,
      String consumer,
      Session session,
      Taken taken,
      Duration ackWait,
      long now) {
    this.part = part;
    this.session = session;
    this.taken = taken;
    this.touchNanos = ackWait.dividedBy(3).toNanos();
    this.inbox = session.newInbox();
    this.next = "$JS.API.CONSUMER.MSG.NEXT." + stream + '.' + consumer;
    // The longest message must fit, or none would ever come.
    long bytes = BYTES + session.maxPayload();
    this.pausedUntil = now;
    this.request =
        "{\"batch\":%d,\"max_bytes\":%d,\"expires\":%d}"
            .formatted(BATCH, bytes, WAIT.toNanos())
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether it reads for the flow that took these. */
  @SuppressWarnings("ReferenceEquality") // which one it is
  boolean isOf(Taken those) {
    return taken == those;
  }

  /** Begins to listen; false if the session is over. */
  boolean start(MessageHandler handler) {
    subscription = session.subscribeDeliveries(inbox, handler);
    return subscription != null;
  }

  void stop() {
    Subscription listening = subscription;
    if (listening != null) {
      session.unsubscribe(listening);
      subscription = null;
    }
    arrived.clear();
  }

  /**
   * Takes what came.
   *
   * @return why the consumer has to be made anew; null if it need not
   */
  @Nullable String received(Message message, long now) {
    if (message.isStatusMessage()) {
      return ended(message.getStatus(), now);
    }
    if (!message.isJetStream()) {
      return null; // Somebody else wrote to the inbox.
    }
    NatsJetStreamMetaData about = message.metaData();
    if (about.consumerSequence() != handedOut + 1) {
      return "number %d came after %d".formatted(about.consumerSequence(), handedOut);
    }
    handedOut++;
    asked--;
    backlog = about.pendingCount();
    long sequence = about.streamSequence();
    String reply = message.getReplyTo();
    if (!taken.had(sequence)) {
      arrived.add(
          new Delivery(sequence, WireMessages.inbound(part, message, about), this, reply, now));
      return null;
    }
    Delivery held = taken.unresolved(sequence);
    if (held == null) {
      session.publish(reply, null, null, ACKNOWLEDGE); // What was said of it before got lost.
    } else {
      held.cameAgain(this, reply, now);
    }
    return null;
  }

  private @Nullable String ended(Status status, long now) {
    asked = 0;
    boolean full = status.getMessage().startsWith(Status.MESSAGE_SIZE_EXCEEDS_MAX_BYTES);
    if (status.getCode() == Status.CONFLICT_CODE && !full) {
      // The server has something else to do; a tick asks again.
      pausedUntil = now + PAUSE.toNanos();
    }
    return switch (status.getCode()) {
      case Status.NOT_FOUND_CODE, Status.REQUEST_TIMEOUT_CODE -> null;
      case Status.CONFLICT_CODE ->
          status.getMessage().startsWith(Status.CONSUMER_DELETED)
              ? "the consumer was deleted"
              : null;
      case Status.NO_RESPONDERS_CODE -> "the consumer is gone";
      default -> status.getMessageWithCode();
    };
  }

  /** The first one that has come and was not taken. */
  @Nullable Delivery first() {
    return arrived.peek();
  }

  /** The flow took the first one. */
  void tookFirst() {
    taken.add(arrived.remove());
  }

  /** Asks for more, if all that came was taken and nothing was asked for. */
  void pull(long now) {
    if (arrived.isEmpty()
        && asked <= 0
        && now - pausedUntil >= 0
        && session.publish(next, inbox, null, request)) {
      asked = BATCH;
      askedUntil = now + WAIT.plus(GRACE).toNanos();
    }
  }

  /**
   * Says that it is resolved. What came from another consumer is acknowledged when it comes from
   * this one: an acknowledgement that is not of this consumer's own numbers would mislead it.
   */
  void acknowledge(Delivery delivery) {
    String reply = delivery.replyOf(this);
    if (reply != null) {
      session.publish(reply, null, null, ACKNOWLEDGE);
    }
  }

  /** Tells the server of what is held, and finds out that a question got lost. */
  void tick(long now) {
    taken.unresolved().forEach(each -> touch(each, now));
    arrived.forEach(each -> touch(each, now));
    if (asked > 0 && now - askedUntil > 0) {
      asked = 0;
    }
  }

  private void touch(Delivery delivery, long now) {
    String reply = delivery.replyOf(this);
    if (reply != null
        && delivery.isUntouchedSince(now, touchNanos)
        && session.publish(reply, null, null, IN_PROGRESS)) {
      delivery.touched(now);
    }
  }

  /** How many messages the server had behind the last one that came; -1 if none came. */
  long backlog() {
    return backlog < 0 ? -1 : backlog + arrived.size();
  }
}
