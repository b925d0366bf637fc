package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.SendReply;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A send with its retries: finds the route, has a queue chosen, writes, and tries again elsewhere
 * where that may help and time is left. Its steps follow each other, on the caller's thread and
 * then on event loops.
 */
final class SendAttempts implements Reply<SendReply> {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  private final SendPath path;
  private final Message message;
  private final String topic;
  private final QueueSelector selector;
  private final Writing writing;
  private final Outcome outcome;
  private final int most;
  private final long deadlineNanos;

  private int attempt;
  private long sentNanos;
  private @Nullable TopicQueue queue;

  /** Of an earlier attempt: whatever comes after it, the message may be stored. */
  private @Nullable ClientException unknown;

  /**
   * A send.
   *
   * @param message what the selector chooses by
   * @param topic as brokers know it
   * @param most how often it may be written
   * @param deadlineNanos by when it ends, of the path's clock
   */
  SendAttempts(
      SendPath path,
      Message message,
      String topic,
      QueueSelector selector,
      int most,
      long deadlineNanos,
      Writing writing,
      Outcome outcome) {
    this.path = path;
    this.message = message;
    this.topic = topic;
    this.selector = selector;
    this.most = most;
    this.writing = writing;
    this.outcome = outcome;
    this.deadlineNanos = deadlineNanos;
  }

  /** Begins; once. */
  void begin() {
    Route known = path.routes().cached(topic);
    if (known != null) {
      write(known);
    } else {
      lookUp();
    }
  }

  private void lookUp() {
    AtomicBoolean over = new AtomicBoolean();
    AtomicReference<TimeoutScheduler.@Nullable Timeout> timer = new AtomicReference<>();
    Reply<Route> found =
        new Reply<>() {
          @Override
          public void done(Route route) {
            if (first()) {
              write(route);
            }
          }

          @Override
          public void failed(ClientException failure) {
            if (first()) {
              end(RocketMQException.from(failure));
            }
          }

          private boolean first() {
            TimeoutScheduler.Timeout running = timer.getAndSet(null);
            if (running != null) {
              running.cancel();
            }
            return over.compareAndSet(false, true);
          }
        };
    timer.set(
        path.schedule(
            () -> {
              if (over.compareAndSet(false, true)) {
                end(path.late("the route of topic " + topic + " did not come"));
              }
            },
            Duration.ofNanos(leftNanos())));
    path.lookUp(topic, found);
  }

  private void write(Route route) {
    long left = TimeUnit.NANOSECONDS.toMillis(leftNanos());
    if (left <= 0) {
      end(path.late("no time is left"));
      return;
    }
    TopicQueue chosen;
    try {
      TopicQueue before = queue;
      chosen =
          path.choice()
              .choose(route, message, selector, before == null ? null : before.broker().name());
    } catch (RocketMQException e) {
      end(e);
      return;
    }
    attempt++;
    queue = chosen;
    sentNanos = path.clock().nanoTime();
    try {
      writing.write(chosen, Math.min(left, path.attemptTimeoutMillis()), this);
    } catch (RuntimeException e) {
      end(RocketMQException.from(e));
    }
  }

  @Override
  public void done(SendReply reply) {
    TopicQueue there = requireQueue();
    path.answered(there, path.clock().nanoTime() - sentNanos);
    if (reply.status() != SendReply.Status.STORED && path.retriesNotOk() && mayRetry()) {
      retry(there);
      return;
    }
    outcome.stored(there, reply);
  }

  @Override
  public void failed(ClientException failure) {
    TopicQueue there = requireQueue();
    if (failure.category() == FailureCategory.UNKNOWN_OUTCOME) {
      unknown = failure;
    }
    if (isOfBroker(failure)) {
      path.failed(there);
    }
    if (isWorthRetrying(failure) && mayRetry()) {
      retry(there);
    } else {
      end(RocketMQException.from(failure));
    }
  }

  /** Nobody who may have a message stored is told that nothing was done. */
  private void end(RocketMQException failure) {
    ClientException before = unknown;
    if (before == null || failure.category() == RocketMQException.Category.UNKNOWN_OUTCOME) {
      outcome.failed(failure);
    } else {
      outcome.failed(
          RocketMQException.of(
              RocketMQException.Category.UNKNOWN_OUTCOME,
              before.getMessage() + "; the last attempt: " + failure.getMessage(),
              failure));
    }
  }

  private TopicQueue requireQueue() {
    TopicQueue there = queue;
    if (there == null) {
      throw new IllegalStateException("a reply to a send that was not written");
    }
    return there;
  }

  private boolean mayRetry() {
    return attempt < most && selector.isFree(message) && leftNanos() > 0 && path.isOpen();
  }

  private void retry(TopicQueue there) {
    Route known = path.routes().cached(topic);
    path.refresh(topic);
    if (known != null && hasOther(known, there)) {
      write(known);
      return;
    }
    long pause = Math.min(FIRST_PAUSE.toNanos() << (attempt - 1), leftNanos());
    path.pause(Duration.ofNanos(pause), this::begin, () -> end(InFlight.closed()));
  }

  private static boolean hasOther(Route route, TopicQueue there) {
    for (int i = 0; i < route.writableCount(); i++) {
      if (!route.writable(i).broker().name().equals(there.broker().name())) {
        return true;
      }
    }
    return false;
  }

  /** Whether the failure tells that the broker is not well. */
  private static boolean isOfBroker(ClientException failure) {
    return switch (failure.category()) {
      case UNAVAILABLE, OVERLOADED, TIMEOUT, UNKNOWN_OUTCOME, INTERNAL -> true;
      case INVALID_ARGUMENT, NOT_FOUND, UNAUTHENTICATED -> false;
    };
  }

  private boolean isWorthRetrying(ClientException failure) {
    if (failure.category() == FailureCategory.UNKNOWN_OUTCOME) {
      return path.retriesUnknownOutcome();
    }
    return switch (failure.category()) {
      case UNAVAILABLE, OVERLOADED, TIMEOUT -> true;
      case INTERNAL -> failure.code() == ResponseCode.SYSTEM_ERROR;
      case NOT_FOUND -> failure.code() == ResponseCode.TOPIC_NOT_EXIST;
      case UNAUTHENTICATED -> failure.code() == ResponseCode.NO_PERMISSION;
      case INVALID_ARGUMENT, UNKNOWN_OUTCOME -> false;
    };
  }

  private long leftNanos() {
    return deadlineNanos - path.clock().nanoTime();
  }
}
