package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.remoting.PopRequest;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.requests.AwaitMessages;
import dev.sluice.rocketmq.requests.PopReply;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One receive, from its first pop to its end. On its loop, but for {@link #hasten} and {@link
 * #cancel}.
 *
 * <p>A topic on several brokers is asked at all of them in turn without waiting; only when none has
 * anything does the call wait, a short while at each.
 *
 * <p>A pop that waits at a broker is answered when something comes that matches, or when its time
 * is up; either way it passes over, for the whole group, what its filter does not match by then,
 * and it cannot be called off. So a call with a filter does not wait in a pop: it has the broker
 * tell when there is something, which takes nothing and can be left alone, and then pops without
 * waiting. Only ordered calls with a filter wait in pops, short ones, since brokers do not tell
 * when a queue is free again.
 */
final class ReceiveCall implements Receiving {

  /** How long one of several brokers is waited at, which bounds how late others' messages come. */
  private static final Duration TURN = Duration.ofMillis(500);

  /** The longest that a pop waits, which bounds how long closing takes. */
  private static final Duration LONGEST_POP = Duration.ofSeconds(5);

  /**
   * The longest that a broker is asked to tell of messages. It tells one of those that wait, who
   * may be gone by then; this bounds how late the message comes in that case.
   */
  private static final Duration LONGEST_AWAIT = Duration.ofSeconds(2);

  /** What keeps a broker whose clock is wrong from being asked without end. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /**
   * The longest pause after a broker told of messages of which none matched, or that another took.
   * Brokers before 5.5 tell of all.
   */
  private static final long LONGEST_PAUSE_MILLIS = 32;

  private final Receiver receiver;
  private final ReceiveRequest request;
  private final EventLoop loop;
  private final Completion<List<Delivery>> completion;
  private final Filter filter;
  private final Popped popped;
  private final Deadline until;

  /** The brokers to ask, in turn; one or more once begun. */
  private Turns turns = Turns.none();

  private long askedAtNanos;
  private long askedToWaitMillis;
  private int unreachable;
  private boolean popping;
  private boolean told;
  private long pauseMillis;
  private boolean hastened;
  private boolean cancelled;
  private boolean ended;

  ReceiveCall(
      Receiver receiver,
      ReceiveRequest request,
      EventLoop loop,
      Completion<List<Delivery>> completion) {
    this.receiver = receiver;
    this.request = request;
    this.loop = loop;
    this.completion = completion;
    this.filter = BrokerFilters.of(request.filter());
    this.popped = new Popped(receiver, request);
    this.until = Deadline.after(request.maxWait());
  }

  EventLoop loop() {
    return loop;
  }

  void begin() {
    if (ended) {
      return;
    }
    Route route = receiver.client.routes().cached(request.topic());
    if (route != null && !route.provisional()) {
      begin(route);
    } else {
      receiver.client.routes().lookup(request.topic(), Then.of(this::begin, this::failed));
    }
  }

  private void begin(Route route) {
    QueueId queue = request.queue();
    turns = Turns.of(route, queue);
    if (turns.isEmpty()) {
      end(
          GatewayException.unavailable(
              "topic: '"
                  + request.topic()
                  + "' has no broker to read from now"
                  + (queue == null ? "" : " by the name of '" + queue.node() + "'"),
              null));
      return;
    }
    ask();
  }

  private int queueId() {
    QueueId queue = request.queue();
    return queue == null ? PopRequest.ANY_QUEUE : queue.index();
  }

  /** Lite topics are not filtered. */
  private boolean passesOver() {
    return request.lite() == null && !filter.equals(Filter.ALL);
  }

  private boolean isTold() {
    return passesOver() && !request.ordered();
  }

  /** One step: asks the broker whose turn it is, or waits there. */
  private void ask() {
    if (ended) {
      return;
    }
    boolean looking = turns.isFirstRound();
    if (isTold()) {
      if (looking) {
        pop(Duration.ZERO);
      } else {
        await(turns.areSeveral() ? TURN : LONGEST_AWAIT);
      }
    } else if (turns.areSeveral()) {
      pop(looking ? Duration.ZERO : TURN);
    } else {
      pop(passesOver() ? TURN : LONGEST_POP);
    }
  }

  private long begun(Duration longestWait) {
    askedAtNanos = receiver.clock.nanoTime();
    askedToWaitMillis = Math.min(until.remaining().toMillis(), longestWait.toMillis());
    return askedToWaitMillis;
  }

  private void pop(Duration longestWait) {
    long waitMillis = begun(longestWait);
    popping = true;
    PopRequest asking =
        new PopRequest(
            request.topic(),
            request.group(),
            queueId(),
            Math.min(request.max(), PopRequest.MAX_MESSAGES),
            Math.max(1, request.invisible().toMillis()),
            waitMillis,
            filter,
            request.ordered(),
            request.attemptId(),
            PopRequest.Start.EARLIEST);
    Reply<PopReply> answer =
        new Reply<>() {
          @Override
          public void done(PopReply reply) {
            popped(reply);
          }

          @Override
          public void failed(ClientException failure) {
            popping = false;
            ReceiveCall.this.failed(failure);
          }
        };
    String lite = request.lite();
    if (lite == null) {
      receiver.client.popping().pop(turns.broker(), asking, answer);
    } else {
      receiver.client.popping().popLite(turns.broker(), lite, asking, answer);
    }
  }

  private void popped(PopReply reply) {
    popping = false;
    unreachable = 0;
    if (ended || cancelled) {
      receiver.leftovers.handBack(request, reply.messages());
      if (ended) {
        leave();
      } else {
        end(wasCancelled());
      }
      return;
    }
    switch (reply.status()) {
      case FOUND -> {
        List<Delivery> wanted = popped.sort(reply.messages());
        if (wanted.isEmpty()) {
          nothing();
        } else {
          end(wanted);
        }
      }
      case NOT_FOUND -> {
        if (cameEarly()) {
          later(this::nothing, PAUSE.toMillis());
        } else {
          nothing();
        }
      }
      case POLLING_FULL -> end(isFull());
    }
  }

  private void later(Runnable next, long millis) {
    var _ = loop.schedule(next, millis, TimeUnit.MILLISECONDS);
  }

  private GatewayException isFull() {
    return GatewayException.overloaded(
        "broker '" + turns.broker().name() + "' holds as many waiting receives as it can");
  }

  /** A broker does not wait when its clock says that the request is late already. */
  private boolean cameEarly() {
    long took = TimeUnit.NANOSECONDS.toMillis(receiver.clock.nanoTime() - askedAtNanos);
    return took < askedToWaitMillis / 2;
  }

  private void nothing() {
    if (ended) {
      return;
    }
    boolean inVain = told;
    told = false;
    turns.next();
    if (hastened || (!turns.isFirstRound() && until.remaining().toMillis() == 0)) {
      end(List.of());
    } else if (inVain) {
      pauseMillis = Math.clamp(2 * pauseMillis, 1, LONGEST_PAUSE_MILLIS);
      later(this::ask, pauseMillis);
    } else {
      ask();
    }
  }

  private void await(Duration longestWait) {
    receiver
        .client
        .popping()
        .await(
            turns.broker(),
            request.group(),
            request.topic(),
            queueId(),
            filter,
            false,
            begun(longestWait),
            Then.of(this::awaited, this::failed));
  }

  private void awaited(AwaitMessages.Answer answer) {
    if (ended) {
      return;
    }
    switch (answer) {
      case MESSAGES -> {
        told = true;
        look();
      }
      case NOTHING -> {
        // Looked at all the same: what a broker tells of may have been told to one who was gone.
        if (cameEarly()) {
          later(this::look, PAUSE.toMillis());
        } else {
          look();
        }
      }
      case FULL -> end(isFull());
    }
  }

  private void look() {
    if (!ended) {
      pop(Duration.ZERO);
    }
  }

  void failed(ClientException failure) {
    if (ended) {
      leave();
      return;
    }
    if (cancelled) {
      end(wasCancelled());
      return;
    }
    boolean brokerLost =
        switch (failure.category()) {
          case UNAVAILABLE, UNKNOWN_OUTCOME, TIMEOUT -> true;
          case INVALID_ARGUMENT, NOT_FOUND, UNAUTHENTICATED, OVERLOADED, INTERNAL -> false;
        };
    if (brokerLost) {
      receiver.staleRoutes.suspect(request.topic());
      receiver.starts.brokerLost(request.topic(), request.group());
      unreachable++;
      if (unreachable < turns.size()) {
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

  void end(GatewayException failure) {
    if (!ended) {
      ended = true;
      leave();
      completion.failed(failure);
    }
  }

  private void leave() {
    if (!popping) {
      receiver.left(this);
    }
  }

  @Override
  public void hasten() {
    loop.execute(
        () -> {
          hastened = true;
          if (!ended && !popping) {
            end(List.of());
          }
        });
  }

  @Override
  public void cancel() {
    loop.execute(
        () -> {
          cancelled = true;
          if (!popping || !passesOver()) {
            end(wasCancelled());
          }
        });
  }

  private GatewayException wasCancelled() {
    return new GatewayException(
        ErrorCategory.CANCELLED,
        Subject.NONE,
        "receive: of " + request.topic() + " for " + request.group() + " was cancelled");
  }
}
