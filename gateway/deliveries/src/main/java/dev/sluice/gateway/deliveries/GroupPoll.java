package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.Agreement;
import dev.sluice.gateway.groups.Agreements;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The one poll for all streams of a group and topic on this instance. Asks for no more than the
 * streams can take now, for what at least one of them wants, and hands what comes to them in turn.
 * Belongs to the loop of the first stream; while its upstream is used it is pinned.
 */
final class GroupPoll implements Agreement.Listener {

  /** A receive that comes back empty faster than this was not waited for. */
  private static final Duration TOO_FAST = Duration.ofMillis(50);

  /**
   * The longest wait of a receive while streams hold something. What they hand back when they end
   * comes again a little later than this: a receive that waited on would take it from others.
   */
  private static final Duration WAIT_WHILE_HOLDING = Duration.ofMillis(1500);

  /** What only others want was taken here, and is theirs to take when it comes again. */
  private static final Duration FOR_OTHERS = Duration.ofSeconds(5);

  private enum State {
    /** Has no streams and asks for nothing. */
    IDLE,
    /** Tells the message system of the subscription. */
    SUBSCRIBING,
    POLLING,
    BACKING_OFF,
    /** Takes the subscription back. */
    UNSUBSCRIBING
  }

  private final Instance instance;
  private final GroupPolls polls;
  private final GroupPolls.Key key;
  private final Loop loop;
  private final HoldLoop holds;
  private final DeadLetters deadLetters;
  private final Pauses pauses;
  private final Admission admission;
  private final List<Subscriber> subscribers = new ArrayList<>();

  /** Ordered streams that have ended and still hold something, while receives are under way. */
  private final List<Subscriber> departed = new ArrayList<>();

  private boolean ordered;
  private Dispatch dispatch;
  private final Set<Receive> underWay = new HashSet<>();
  private State state = State.IDLE;
  private Filter filter = Filter.ALL;
  private boolean subscribed;
  private boolean topicWasMissing;
  private boolean pinned;
  private boolean pumpScheduled;
  private boolean pumping;
  private Cancellable backOff = Cancellable.NONE;
  private int target = 1;
  private int asked;

  /** Of those under way, the ones that ask for what is wanted now; grows with each change of it. */
  private int current;

  private int generation;
  private @Nullable String repeatedAttempt;

  /** Streams that joined or are about to; guarded by the map that holds this. */
  int references;

  GroupPoll(
      Instance instance,
      GroupPolls polls,
      GroupPolls.Key key,
      Loop loop,
      HoldLoop holds,
      DeadLetters deadLetters,
      Agreements agreements) {
    this.instance = instance;
    this.polls = polls;
    this.key = key;
    this.loop = loop;
    this.pauses = new Pauses(instance, loop);
    this.admission = new Admission(this, agreements, loop);
    this.holds = holds;
    this.deadLetters = deadLetters;
    this.dispatch = dispatch(false);
  }

  GroupPolls.Key key() {
    return key;
  }

  Loop loop() {
    return loop;
  }

  Pauses pauses() {
    return pauses;
  }

  private Dispatch dispatch(boolean inOrder) {
    return inOrder
        ? new OrderedDispatch(instance, key, loop, holds, deadLetters, this::schedulePump)
        : new UnorderedDispatch(instance, key, holds, deadLetters, this::schedulePump);
  }

  // Streams come and go.

  void join(Subscriber subscriber) {
    if (!pinned) {
      pinned = true;
      key.shared().pin();
    }
    admission.join(subscriber);
  }

  /** It takes part; the poll asks for this with it. */
  void admitted(Subscriber subscriber, Demand demand) {
    if (subscriber.ordered != ordered) {
      // It is the only one.
      letGo();
      ordered = subscriber.ordered;
      dispatch = dispatch(ordered);
    }
    subscriber.joined = true;
    subscribers.add(subscriber);
    dispatch.join(subscriber);
    letGo();
    asks(demand);
  }

  /** It cannot take part. */
  void refused(Subscriber subscriber, GatewayException failure) {
    polls.left(this);
    subscriber.flow.end(failure);
    finishIfQuiet();
  }

  /** Those that take part. */
  List<Subscriber> subscribers() {
    return subscribers;
  }

  void leave(Subscriber subscriber) {
    if (admission.withdraw(subscriber)) {
      polls.left(this);
      finishIfQuiet();
      return;
    }
    if (!subscriber.joined) {
      return;
    }
    subscriber.joined = false;
    subscribers.remove(subscriber);
    pauses.left(subscriber);
    departed.add(subscriber);
    if (!ordered || !subscribers.isEmpty() || underWay.isEmpty()) {
      letGo();
    }
    polls.left(this);
    if (subscribers.isEmpty()) {
      finishIfQuiet();
    } else {
      admission.decide();
    }
  }

  /**
   * Lets others have what departed streams hold. An ordered queue is handed out again as soon as
   * nothing of it is held: a receive of ours that waits would be the one to get it.
   */
  private void letGo() {
    departed.forEach(dispatch::leave);
    departed.clear();
  }

  void ready(Subscriber subscriber, boolean ready) {
    if (subscriber.ready != ready) {
      subscriber.ready = ready;
      pauses.changed(subscriber);
      if (ready) {
        schedulePump();
      }
    }
  }

  void creditReturned(Held held) {
    dispatch.streamReleased(held);
    schedulePump();
  }

  boolean keeps(Held held, Duration delay) {
    return dispatch.keeps(held, delay);
  }

  /** Many acknowledgements come in one task of the loop: looked at together. */
  private void schedulePump() {
    if (!pumpScheduled) {
      pumpScheduled = true;
      loop.execute(
          () -> {
            pumpScheduled = false;
            pump();
          });
    }
  }

  // The subscription.

  @Override
  public void asksNow(Demand demand) {
    if (!subscribers.isEmpty()) {
      asks(demand);
    }
  }

  @Override
  public void mayBeProposedTo() {
    admission.decide();
  }

  @Override
  public void differsForGood(GatewayException refusal) {
    endAll(refusal);
  }

  private void endAll(GatewayException failure) {
    for (Subscriber subscriber : List.copyOf(subscribers)) {
      leave(subscriber);
      subscriber.flow.end(failure);
    }
  }

  /** What the poll asks for from now on, with at least one stream. */
  private void asks(Demand demand) {
    if (!subscribed || !demand.filter().equals(filter)) {
      if (!demand.filter().equals(filter)) {
        filter = demand.filter();
        // Those under way would pass over what is wanted now: they do not keep others from it.
        generation++;
        current = 0;
      }
      subscribed = false;
      if (state == State.IDLE || state == State.POLLING) {
        subscribe();
      }
    } else {
      pump();
    }
  }

  private void subscribe() {
    state = State.SUBSCRIBING;
    Filter telling = filter;
    Subscription.Start start =
        topicWasMissing ? new Subscription.Start.Earliest() : subscribers.getFirst().start;
    var subscription = new Subscription(key.topic(), key.group(), telling, start);
    key.shared()
        .call(
            (upstream, completion) -> upstream.subscribe(subscription, completion),
            new Completion<Void>() {
              @Override
              public void done(Void nothing) {
                subscribed = telling.equals(filter);
                proceed();
              }

              @Override
              public void failed(GatewayException failure) {
                state = State.POLLING;
                failedWith(failure);
              }
            });
  }

  /** Goes on after something that nothing else may overlap. */
  private void proceed() {
    state = State.POLLING;
    if (subscribers.isEmpty()) {
      finishIfQuiet();
    } else if (!subscribed) {
      subscribe();
    } else {
      pump();
    }
  }

  private void failedWith(GatewayException failure) {
    instance.metrics().increment(Counter.POLL_FAILURES);
    if (subscribers.isEmpty()) {
      finishIfQuiet();
    } else if (isPassing(failure)) {
      backOff(instance.settings().receive().backOff());
    } else {
      endAll(failure);
    }
  }

  private boolean isPassing(GatewayException failure) {
    return switch (failure.category()) {
      case UNAVAILABLE, TIMEOUT, OVERLOADED, INTERNAL, UNKNOWN_OUTCOME, CANCELLED -> true;
      case NOT_FOUND -> {
        ActiveUpstream active = key.shared().current();
        boolean comes = active != null && active.capabilities().createsTopicsOnSend();
        // All that a topic gets after its absence was seen came after the subscription.
        topicWasMissing |= comes;
        subscribed &= !comes;
        yield comes;
      }
      case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION, UNSUPPORTED ->
          false;
    };
  }

  private void backOff(Duration time) {
    // Whatever else is under way goes on by itself when it ends.
    if (state == State.POLLING) {
      state = State.BACKING_OFF;
      backOff = loop.schedule(this::proceed, time);
    }
  }

  private void finishIfQuiet() {
    if (subscribers.isEmpty() && state == State.BACKING_OFF) {
      backOff.cancel();
      state = State.POLLING;
    }
    if (!subscribers.isEmpty() || !admission.isIdle() || !underWay.isEmpty()) {
      return;
    }
    switch (state) {
      case IDLE -> {
        state = State.UNSUBSCRIBING;
        admission.close(this::unsubscribed);
      }
      case POLLING -> {
        state = State.UNSUBSCRIBING;
        subscribed = false;
        admission.close(this::unsubscribe);
      }
      case SUBSCRIBING, BACKING_OFF, UNSUBSCRIBING -> {}
    }
  }

  private void unsubscribe() {
    key.shared()
        .call(
            (upstream, completion) -> upstream.unsubscribe(key.topic(), key.group(), completion),
            new Completion<Void>() {
              @Override
              public void done(Void nothing) {
                unsubscribed();
              }

              @Override
              public void failed(GatewayException failure) {
                unsubscribed();
              }
            });
  }

  private void unsubscribed() {
    state = State.IDLE;
    if (admission.reopen()) {
      return;
    }
    if (pinned) {
      pinned = false;
      key.shared().unpin();
    }
    // Where it stays somebody is about to join, who finds it idle.
    var _ = polls.remove(this);
  }

  // Receiving.

  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    dispatch.handOut();
    // Asked again each time: a receive may end before its call returns.
    while (mayReceive() && dispatch.mayPoll() && current < target) {
      int full = instance.settings().receive().pollBatch();
      int room = Math.min(demand(), full);
      if (room <= 0 || (current > 0 && room < full)) {
        break;
      }
      receive(room);
    }
    pumping = false;
  }

  private boolean mayReceive() {
    return state == State.POLLING && subscribed && !subscribers.isEmpty();
  }

  private int demand() {
    long demand = -asked;
    for (Subscriber subscriber : subscribers) {
      demand += subscriber.credit();
    }
    return (int) Math.min(demand, Integer.MAX_VALUE);
  }

  private boolean isHolding() {
    return !dispatch.isEmpty()
        || subscribers.stream().anyMatch(subscriber -> !subscriber.held.isEmpty());
  }

  private void receive(int max) {
    String attempt = null;
    if (ordered) {
      attempt = repeatedAttempt != null ? repeatedAttempt : UUID.randomUUID().toString();
      repeatedAttempt = null;
    }
    var settings = instance.settings().receive();
    var request =
        new ReceiveRequest(
            key.topic(),
            key.group(),
            filter,
            null,
            ordered,
            attempt,
            max,
            isHolding() && settings.pollWait().compareTo(WAIT_WHILE_HOLDING) > 0
                ? WAIT_WHILE_HOLDING
                : settings.pollWait(),
            settings.invisible());
    var receive = new Receive(request);
    underWay.add(receive);
    current++;
    asked += max;
    instance.metrics().increment(Counter.POLLS);
    ActiveUpstream active = key.shared().current();
    if (active == null) {
      receive.failed(SharedUpstream.closed(key.shared().endpoint()));
    } else {
      receive.call = active.upstream().receive(request, receive);
    }
  }

  private final class Receive implements Completion<List<Delivery>> {
    private final ReceiveRequest request;
    private final long since = instance.clock().nanoTime();
    private final int began = generation;
    private Cancellable call = Cancellable.NONE;

    Receive(ReceiveRequest request) {
      this.request = request;
    }

    @Override
    public void done(List<Delivery> deliveries) {
      over();
      boolean full = deliveries.size() >= request.max();
      if (full) {
        target = Math.min(target + 1, instance.settings().receive().concurrentPolls());
      } else if (deliveries.size() < request.max() / 2) {
        target = Math.max(1, target - 1);
      }
      boolean allWanted = dispatch.deliver(deliveries);
      if (subscribers.isEmpty()) {
        finishIfQuiet();
      } else if (deliveries.isEmpty() && state == State.POLLING && tooFast()) {
        backOff(TOO_FAST);
      } else if (!allWanted && asksForMoreThanIsWanted()) {
        backOff(FOR_OTHERS);
      } else {
        pump();
      }
    }

    private boolean asksForMoreThanIsWanted() {
      return !Compatibility.demand(subscribers).filter().equals(filter);
    }

    private boolean tooFast() {
      return instance.clock().nanoTime() - since < TOO_FAST.toNanos()
          && request.maxWait().compareTo(TOO_FAST) > 0;
    }

    @Override
    public void failed(GatewayException failure) {
      over();
      repeatedAttempt = request.attemptId();
      failedWith(failure);
    }

    private void over() {
      underWay.remove(this);
      asked -= request.max();
      if (began == generation) {
        current--;
      }
      if (subscribers.isEmpty() && underWay.isEmpty()) {
        letGo();
      }
    }
  }

  /** Ends what is waited for; from any thread. */
  void cancel() {
    OnLoop.run(loop, () -> List.copyOf(underWay).forEach(receive -> receive.call.cancel()));
  }
}
