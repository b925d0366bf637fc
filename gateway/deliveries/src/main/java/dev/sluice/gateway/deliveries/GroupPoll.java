package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.Agreement;
import dev.sluice.gateway.groups.Agreements;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one poll for all streams of a group and topic on this instance. Asks for no more than the
 * streams can take now, for what at least one of them wants, and hands what comes to them in turn.
 * Belongs to the loop of the first stream; while its upstream is used it is pinned.
 *
 * <p>A stream is open when what it wants is asked for and nothing is under way any more that may
 * pass over it ({@link Receives#isSettled}). From then on all that is stored, and that it wants, is
 * received for it or for another stream of the group that wants it.
 */
final class GroupPoll implements Agreement.Listener, Receives.Listener {

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
  private final Pauses pauses;
  private final Admission admission;
  private final PollStreams streams;
  private final Receives receives;
  private final ToldSubscription told;
  private State state = State.IDLE;
  private boolean pinned;
  private boolean pumpScheduled;
  private boolean pumping;
  private Cancellable backOff = Cancellable.NONE;

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
    this.streams = new PollStreams(instance, key, loop, holds, deadLetters, this::schedulePump);
    this.receives = new Receives(instance, key, this);
    this.told = new ToldSubscription(key);
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
    streams.add(subscriber);
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
    return streams.all();
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
    streams.remove(subscriber, !receives.isEmpty());
    pauses.left(subscriber);
    polls.left(this);
    if (streams.isEmpty()) {
      if (!streams.areOrdered()) {
        // What an ordered stream held waits for one that comes back meanwhile.
        receives.hasten();
      }
      finishIfQuiet();
    } else {
      admission.decide();
    }
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
    streams.released(held);
    schedulePump();
  }

  @Nullable Held keep(Held held, Duration delay) {
    return streams.keep(held, delay);
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
    if (!streams.isEmpty()) {
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
    for (Subscriber subscriber : List.copyOf(streams.all())) {
      leave(subscriber);
      subscriber.flow.end(failure);
    }
  }

  /** What the poll asks for from now on, with at least one stream. */
  private void asks(Demand demand) {
    receives.askFor(demand.filter(), demand.ordered());
    if (told.isOf(demand.filter())) {
      pump();
    } else if (state == State.IDLE || state == State.POLLING) {
      subscribe();
    }
  }

  private void subscribe() {
    state = State.SUBSCRIBING;
    told.tell(
        receives.filter(),
        streams.all().getFirst().start,
        new Completion<Void>() {
          @Override
          public void done(Void nothing) {
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
    if (streams.isEmpty()) {
      finishIfQuiet();
    } else if (!told.isOf(receives.filter())) {
      subscribe();
    } else {
      pump();
    }
  }

  private void failedWith(GatewayException failure) {
    instance.metrics().increment(Counter.POLL_FAILURES);
    if (streams.isEmpty()) {
      finishIfQuiet();
    } else if (told.mayPass(failure)) {
      if (told.topicWasMissing() && receives.isSettled()) {
        // It will be read from its first message on.
        streams.open();
      }
      backOff(instance.settings().receive().backOff());
    } else {
      endAll(failure);
    }
  }

  private void backOff(Duration time) {
    // Whatever else is under way goes on by itself when it ends.
    if (state == State.POLLING) {
      state = State.BACKING_OFF;
      backOff = loop.schedule(this::proceed, time);
    }
  }

  private void finishIfQuiet() {
    if (streams.isEmpty() && state == State.BACKING_OFF) {
      backOff.cancel();
      state = State.POLLING;
    }
    if (!streams.isEmpty() || !admission.isIdle() || !receives.isEmpty()) {
      return;
    }
    switch (state) {
      case IDLE -> {
        state = State.UNSUBSCRIBING;
        admission.close(this::unsubscribed);
      }
      case POLLING -> {
        state = State.UNSUBSCRIBING;
        admission.close(() -> told.takeBack(this::unsubscribed));
      }
      case SUBSCRIBING, BACKING_OFF, UNSUBSCRIBING -> {}
    }
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
    if (isInForce()) {
      streams.open();
    }
    streams.handOut();
    int full = instance.settings().receive().pollBatch();
    // Asked again each time: a receive may end before its call returns.
    while (isInForce() && streams.mayPoll() && receives.mayBegin(Math.min(demand(), full))) {
      receives.begin(Math.min(demand(), full), streams.areHolding());
    }
    pumping = false;
  }

  /** Whether what the streams want is asked for, and nothing passes over it any more. */
  private boolean isInForce() {
    return state == State.POLLING
        && !streams.isEmpty()
        && told.isOf(receives.filter())
        && receives.isSettled();
  }

  private int demand() {
    return (int) Math.min(streams.credit() - receives.asked(), Integer.MAX_VALUE);
  }

  @Override
  public void received(List<Delivery> deliveries, boolean tooFast) {
    letGoIfQuiet();
    boolean allWanted = streams.deliver(deliveries);
    if (streams.isEmpty()) {
      finishIfQuiet();
    } else if (tooFast && state == State.POLLING) {
      backOff(Receives.TOO_FAST);
    } else if (!allWanted && asksForMoreThanIsWanted()) {
      backOff(FOR_OTHERS);
    } else {
      pump();
    }
  }

  @Override
  public void failed(GatewayException failure) {
    letGoIfQuiet();
    failedWith(failure);
  }

  private void letGoIfQuiet() {
    if (streams.isEmpty() && receives.isEmpty()) {
      streams.letGo();
    }
  }

  private boolean asksForMoreThanIsWanted() {
    return !Compatibility.demand(streams.all()).filter().equals(receives.filter());
  }

  /** Ends what is waited for; from any thread. */
  void cancel() {
    OnLoop.run(loop, receives::cancel);
  }
}
