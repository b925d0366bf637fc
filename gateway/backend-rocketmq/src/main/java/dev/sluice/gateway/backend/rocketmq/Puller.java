package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.PullMessage;
import dev.sluice.rocketmq.requests.PullReply;
import dev.sluice.rocketmq.requests.StoredMessage;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads queues from offsets on. Called on loops only.
 *
 * <p>Brokers look every 5 s only whether a waiting pull has waited long enough, so that its end is
 * kept here; what a broker still answers afterwards is dropped, which loses nothing.
 */
final class Puller {
  private static final Logger log = LoggerFactory.getLogger(Puller.class);

  /**
   * The longest that a broker is asked to wait: with its 5 s, this bounds how long closing takes.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /** What keeps a broker that does not wait from being asked without end. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final RemotingClient client;
  private final StaleRoutes staleRoutes;
  private final NamedQueues queues;
  private final EventLoops loops;
  private final Clock clock;

  /** Calls whose end is not told yet; each leaves with its end. */
  private final Set<Call> open = ConcurrentHashMap.newKeySet();

  private volatile boolean closing;

  Puller(
      RemotingClient client,
      StaleRoutes staleRoutes,
      NamedQueues queues,
      EventLoops loops,
      Clock clock) {
    this.client = client;
    this.staleRoutes = staleRoutes;
    this.queues = queues;
    this.loops = loops;
    this.clock = clock;
  }

  /** See {@code Upstream.pull}. Cancelling is safe from any thread. */
  Cancellable pull(PullRequest request, Completion<Pulled> completion) {
    Call call = new Call(request, loops.current(), completion);
    open.add(call);
    if (closing) {
      call.fail(closed());
    } else {
      call.begin();
    }
    return call::cancel;
  }

  /** Ends all pulls as UNAVAILABLE, and those that come later. From any thread. */
  void close() {
    closing = true;
    for (Call call : open) {
      call.loop.execute(() -> call.fail(closed()));
    }
  }

  private static GatewayException closed() {
    return GatewayException.unavailable("upstream: closed", null);
  }

  /** One pull, from its first request to its end. */
  private final class Call {
    private final PullRequest request;
    private final EventLoop loop;
    private final Completion<Pulled> completion;
    private final TagExpression tags;
    private final Filter filter;
    private final long endNanos;
    private @Nullable Future<?> end;
    private long offset;
    private boolean over;

    Call(PullRequest request, EventLoop loop, Completion<Pulled> completion) {
      this.request = request;
      this.loop = loop;
      this.completion = completion;
      this.tags = TagExpression.of(request.filter());
      this.filter = BrokerFilters.of(request.filter());
      this.endNanos = clock.nanoTime() + request.maxWait().toNanos();
      this.offset = request.offset();
    }

    void begin() {
      if (request.offset() < 0) {
        fail(
            GatewayException.invalid(
                Subject.OFFSET, "offset: " + request.offset() + " (expected: 0 or more)"));
        return;
      }
      if (!request.maxWait().isZero()) {
        end = loop.schedule(this::nothing, request.maxWait().toMillis(), TimeUnit.MILLISECONDS);
      }
      queues.find(request.topic(), request.queue(), failing(), this::pull);
    }

    private Completion<Object> failing() {
      return new Completion<>() {
        @Override
        public void done(Object value) {}

        @Override
        public void failed(GatewayException failure) {
          fail(failure);
        }
      };
    }

    private void pull(TopicQueue queue) {
      if (over) {
        return;
      }
      client
          .pulling()
          .pull(
              request.group(),
              queue,
              offset,
              Math.min(request.max(), PullMessage.MAX_MESSAGES),
              Math.min(leftMillis(), LONGEST_WAIT.toMillis()),
              filter,
              Then.of(reply -> answered(queue, reply), this::failed));
    }

    private long leftMillis() {
      return Math.max(0, TimeUnit.NANOSECONDS.toMillis(endNanos - clock.nanoTime()));
    }

    private void answered(TopicQueue queue, PullReply reply) {
      if (over) {
        return;
      }
      switch (reply.status()) {
        case FOUND -> found(queue, reply);
        case NOT_FOUND -> goOn(queue, offset);
        case NONE_MATCHED -> goOn(queue, Math.max(offset, reply.nextOffset()));
        case OUT_OF_RANGE -> {
          if (reply.nextOffset() == offset) {
            // The queue was emptied meanwhile, and begins here.
            goOn(queue, offset);
          } else {
            finish(new Pulled.OutOfRange(reply.nextOffset()));
          }
        }
      }
    }

    private void found(TopicQueue queue, PullReply reply) {
      Deliveries deliveries = new Deliveries(0);
      List<Delivery> wanted = new ArrayList<>(reply.messages().size());
      for (StoredMessage message : reply.messages()) {
        Delivery delivery =
            deliveries.of(
                message,
                message.topic(),
                queue.broker().name(),
                PoppedMessage.attemptAfter(message.reconsumeTimes()),
                "");
        if (delivery == null) {
          log.warn(
              "message {} of {} for {} is passed over, as its body cannot be read: {}",
              message.messageId(),
              request.topic(),
              request.group(),
              message.body());
        } else if (tags.matches(delivery.tag())) {
          wanted.add(delivery);
        }
      }
      long next = Math.max(offset, reply.nextOffset());
      if (wanted.isEmpty()) {
        goOn(queue, next);
      } else {
        finish(new Pulled.Found(wanted, next));
      }
    }

    /** Looks further; an answer that brought nothing further, and came early, is waited out. */
    private void goOn(TopicQueue queue, long next) {
      boolean further = next > offset;
      offset = next;
      if (leftMillis() == 0) {
        nothing();
      } else if (further) {
        pull(queue);
      } else {
        var _ = loop.schedule(() -> pull(queue), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    private void failed(ClientException failure) {
      if (over) {
        return;
      }
      switch (failure.category()) {
        case UNAVAILABLE, UNKNOWN_OUTCOME, TIMEOUT -> staleRoutes.suspect(request.topic());
        default -> {}
      }
      fail(Failures.of(failure, request.topic(), request.group()));
    }

    private void nothing() {
      finish(new Pulled.Nothing(offset));
    }

    private void finish(Pulled pulled) {
      if (leave()) {
        completion.done(pulled);
      }
    }

    void fail(GatewayException failure) {
      if (leave()) {
        completion.failed(failure);
      }
    }

    private boolean leave() {
      if (over) {
        return false;
      }
      over = true;
      open.remove(this);
      Future<?> timer = end;
      if (timer != null) {
        timer.cancel(false);
      }
      return true;
    }

    void cancel() {
      loop.execute(
          () ->
              fail(
                  new GatewayException(
                      ErrorCategory.CANCELLED,
                      Subject.NONE,
                      "pull: of "
                          + request.topic()
                          + " for "
                          + request.group()
                          + " was cancelled")));
    }
  }
}
