package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.Broker;
import dev.sluice.rocketmq.client.ClientException;
import dev.sluice.rocketmq.client.EventLoops;
import dev.sluice.rocketmq.client.FailureCategory;
import dev.sluice.rocketmq.client.Filter;
import dev.sluice.rocketmq.client.PopRequest;
import dev.sluice.rocketmq.client.Reply;
import dev.sluice.rocketmq.client.RocketMQClient;
import dev.sluice.rocketmq.client.Route;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.PopReply;
import dev.sluice.rocketmq.requests.PoppedMessage;
import dev.sluice.rocketmq.requests.StoredMessage;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pops messages. Called on loops only.
 *
 * <p>A topic on several brokers is asked at all of them in turn without waiting; only when none has
 * anything does the call wait, a short while at each.
 */
final class Receiver {
  private static final Logger log = LoggerFactory.getLogger(Receiver.class);

  /** How long one of several brokers is waited at, which bounds how late others' messages come. */
  private static final Duration TURN = Duration.ofMillis(500);

  /** The longest that a broker is asked to wait, which bounds how long closing takes. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** What keeps a broker whose clock is wrong from being asked without end. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final RocketMQClient client;
  private final StaleRoutes staleRoutes;
  private final Leftovers leftovers;
  private final EventLoops loops;
  private final GroupStarts starts;
  private final Clock clock;

  /** Calls whose end is not told yet or whose pop is under way; each leaves when it has neither. */
  private final Set<Call> open = ConcurrentHashMap.newKeySet();

  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  Receiver(
      RocketMQClient client,
      StaleRoutes staleRoutes,
      EventLoops loops,
      GroupStarts starts,
      Clock clock) {
    this.client = client;
    this.staleRoutes = staleRoutes;
    this.leftovers = new Leftovers(client);
    this.loops = loops;
    this.starts = starts;
    this.clock = clock;
  }

  /** Receives; see {@code Upstream.receive}. Cancelling is safe from any thread. */
  Cancellable receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    Call call = new Call(request, loops.current(), completion);
    open.add(call);
    if (draining) {
      call.end(closed());
    } else if (starts.isSound(request.topic(), request.group())) {
      call.begin();
    } else {
      starts.restore(request.topic(), request.group(), Then.of(done -> call.begin(), call::failed));
    }
    return call::cancel;
  }

  /**
   * Ends all receives as UNAVAILABLE, and those that come later. Completes when nothing is under
   * way at a broker any more, which takes as long as a broker waits: what it still hands out is
   * handed back.
   */
  CompletionStage<?> drain() {
    draining = true;
    for (Call call : open) {
      call.loop.execute(() -> call.end(closed()));
    }
    completeWhenDrained();
    return drained;
  }

  private static GatewayException closed() {
    return GatewayException.unavailable("upstream: closed", null);
  }

  private void completeWhenDrained() {
    if (draining && open.isEmpty()) {
      drained.complete(null);
    }
  }

  /** One receive, from its first pop to its end. */
  private final class Call implements Reply<PopReply> {
    private final ReceiveRequest request;
    private final EventLoop loop;
    private final Completion<List<Delivery>> completion;
    private final Filter filter;
    private final TagExpression tags;
    private final Deadline until;

    /** The brokers to ask, in turn; one or more once begun. */
    private List<Broker> brokers = List.of();

    private int asked;
    private long askedAtNanos;
    private long askedToWaitMillis;
    private int unreachable;
    private boolean popping;
    private boolean ended;

    Call(ReceiveRequest request, EventLoop loop, Completion<List<Delivery>> completion) {
      this.request = request;
      this.loop = loop;
      this.completion = completion;
      this.until = Deadline.after(request.maxWait());
      this.tags = TagExpression.of(request.filter());
      this.filter = filterOf(request.filter());
    }

    void begin() {
      Route route = client.routes().cached(request.topic());
      if (route != null && !route.provisional()) {
        begin(route);
      } else {
        client.routes().lookup(request.topic(), Then.of(this::begin, this::failed));
      }
    }

    private void begin(Route route) {
      QueueId queue = request.queue();
      if (queue != null) {
        Broker named = route.broker(queue.node());
        brokers = named == null || named.reader() == null ? List.of() : List.of(named);
      } else if (route.readerCount() == 1) {
        brokers = List.of(route.reader(0));
      } else {
        brokers = new ArrayList<>(route.readerCount());
        int first = ThreadLocalRandom.current().nextInt(Math.max(1, route.readerCount()));
        for (int i = 0; i < route.readerCount(); i++) {
          brokers.add(route.reader((first + i) % route.readerCount()));
        }
      }
      if (brokers.isEmpty()) {
        end(
            GatewayException.unavailable(
                "topic: '"
                    + request.topic()
                    + "' has no broker to read from now"
                    + (queue == null ? "" : " by the name of '" + queue.node() + "'"),
                null));
        return;
      }
      pop();
    }

    private void pop() {
      if (ended) {
        return;
      }
      QueueId queue = request.queue();
      askedAtNanos = clock.nanoTime();
      askedToWaitMillis = waitMillis();
      popping = true;
      client
          .popping()
          .pop(
              broker(),
              new PopRequest(
                  request.topic(),
                  request.group(),
                  queue == null ? PopRequest.ANY_QUEUE : queue.index(),
                  Math.min(request.max(), PopRequest.MAX_MESSAGES),
                  Math.max(1, request.invisible().toMillis()),
                  askedToWaitMillis,
                  filter,
                  request.ordered(),
                  request.attemptId(),
                  PopRequest.Start.EARLIEST),
              this);
    }

    private Broker broker() {
      return brokers.get(asked % brokers.size());
    }

    private long waitMillis() {
      long left = until.remaining().toMillis();
      if (brokers.size() == 1) {
        return Math.min(left, LONGEST_WAIT.toMillis());
      }
      return asked < brokers.size() ? 0 : Math.min(left, TURN.toMillis());
    }

    @Override
    public void done(PopReply reply) {
      popping = false;
      unreachable = 0;
      if (ended) {
        leftovers.handBack(request, reply.messages());
        leave();
        return;
      }
      switch (reply.status()) {
        case FOUND -> found(reply.messages());
        case NOT_FOUND -> {
          if (cameEarly()) {
            var _ = loop.schedule(this::nothing, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
          } else {
            nothing();
          }
        }
        case POLLING_FULL ->
            end(
                GatewayException.overloaded(
                    "broker '" + broker().name() + "' holds as many waiting receives as it can"));
      }
    }

    private void found(List<PoppedMessage> popped) {
      Deliveries deliveries =
          new Deliveries(clock.currentTimeMillis() + request.invisible().toMillis());
      List<Delivery> wanted = new ArrayList<>(popped.size());
      List<PopHandle> unwanted = List.of();
      for (PoppedMessage each : popped) {
        Delivery delivery = deliveries.of(each);
        if (delivery == null) {
          skip(each);
        } else if (tags.matches(delivery.tag())) {
          wanted.add(delivery);
        } else {
          unwanted = unwanted.isEmpty() ? new ArrayList<>() : unwanted;
          unwanted.add(each.handle());
        }
      }
      if (!unwanted.isEmpty()) {
        leftovers.acknowledge(request, unwanted);
      }
      if (wanted.isEmpty()) {
        nothing();
      } else {
        end(wanted);
      }
    }

    /**
     * It stays unacknowledged, so that nothing is lost: it comes again, maybe to another reader.
     */
    private void skip(PoppedMessage popped) {
      StoredMessage message = popped.message();
      log.warn(
          "message {} of {} for {} is left where it is, as its body cannot be read: {}",
          message.messageId(),
          request.topic(),
          request.group(),
          message.body());
    }

    /** A broker does not wait when its clock says that the request is late already. */
    private boolean cameEarly() {
      long took = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - askedAtNanos);
      return took < askedToWaitMillis / 2;
    }

    private void nothing() {
      if (ended) {
        return;
      }
      asked++;
      boolean askedAll = asked >= brokers.size();
      if (askedAll && until.remaining().toMillis() == 0) {
        end(List.of());
      } else {
        pop();
      }
    }

    @Override
    public void failed(ClientException failure) {
      popping = false;
      if (ended) {
        leave();
        return;
      }
      boolean brokerLost =
          switch (failure.category()) {
            case UNAVAILABLE, UNKNOWN_OUTCOME, TIMEOUT -> true;
            case INVALID_ARGUMENT, NOT_FOUND, UNAUTHENTICATED, OVERLOADED, INTERNAL -> false;
          };
      if (brokerLost) {
        staleRoutes.suspect(request.topic());
        starts.brokerLost(request.topic(), request.group());
        unreachable++;
        if (unreachable < brokers.size()) {
          nothing();
          return;
        }
      }
      end(
          failure.category() == FailureCategory.UNKNOWN_OUTCOME
              ? GatewayException.unavailable(
                  "the answer to a receive was lost; what it held comes again: "
                      + failure.getMessage(),
                  failure)
              : Failures.of(failure, request.topic(), request.group()));
    }

    private void end(List<Delivery> deliveries) {
      ended = true;
      leave();
      completion.done(deliveries);
    }

    private void end(GatewayException failure) {
      if (!ended) {
        ended = true;
        leave();
        completion.failed(failure);
      }
    }

    private void leave() {
      if (!popping) {
        open.remove(this);
        completeWhenDrained();
      }
    }

    void cancel() {
      loop.execute(
          () ->
              end(
                  new GatewayException(
                      ErrorCategory.CANCELLED,
                      Subject.NONE,
                      "receive: of "
                          + request.topic()
                          + " for "
                          + request.group()
                          + " was cancelled")));
    }
  }

  static Filter filterOf(dev.sluice.gateway.spi.Filter asked) {
    String expression = asked.expression();
    if (expression.isBlank()) {
      return Filter.ALL;
    }
    return switch (asked.type()) {
      case TAG -> Filter.tags(expression);
      case SQL -> Filter.sql(expression);
    };
  }
}
