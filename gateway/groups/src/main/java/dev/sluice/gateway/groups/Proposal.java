package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.Stand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A party's proposal under way: shown, then put to everybody, then settled among the parties of
 * this instance. Belongs to the party's loop.
 */
final class Proposal {

  /** How soon those are asked again that were about to decide. */
  static final Duration ASK_AGAIN = Duration.ofMillis(100);

  /** How long they may take; who takes longer counts as silent. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Hears how it ends, once, unless it is abandoned. */
  interface Listener {

    /** It is asked for from now on. */
    void settled(Proposal proposal);

    /** Somebody asks for something else, and is right. */
    void conflicts(Proposal proposal, Demand with, String whose);
  }

  final Demand demand;
  final boolean reducing;
  final Completion<Demand> completion;

  /** What was wanted before it. */
  final @Nullable Demand before;

  private final Seat seat;
  private final Stand stand;
  private final Listener listener;
  private final long giveUpAt;
  private Cancellable timer = Cancellable.NONE;
  private boolean over;

  /**
   * Makes one that has not begun.
   *
   * @param asked what is asked for until it is settled
   * @param before what was wanted until now
   */
  Proposal(
      Seat seat, Terms terms, @Nullable Demand asked, @Nullable Demand before, Listener listener) {
    this.seat = seat;
    this.demand = terms.demand;
    this.reducing = terms.reducing;
    this.completion = terms.completion;
    this.before = before;
    this.stand = new Stand(seat.party(), asked, demand, true);
    this.listener = listener;
    this.giveUpAt = seat.instance().clock().nanoTime() + PATIENCE.toNanos();
  }

  /**
   * What is proposed.
   *
   * @param reducing whether it is less than before, which nobody can object to for good
   */
  record Terms(Demand demand, boolean reducing, Completion<Demand> completion) {}

  /** First of all others must be able to see this one: whoever comes later asks it then. */
  void begin() {
    seat.stands().propose(seat.key(), stand);
    if (stand.asked() == null || !seat.shown().isCurrent()) {
      show();
    } else {
      ask();
    }
  }

  /** Nothing becomes of it. */
  void abandon() {
    over = true;
    timer.cancel();
  }

  private void show() {
    seat.shown().as(demand.filter(), whenKnown(nothing -> ask(), this::show));
  }

  private void ask() {
    seat.inquiry().ofEverybody(stand, whenKnown(this::judge, this::ask));
  }

  /**
   * Goes on, or tries again while the message system is away: nothing can be received meanwhile
   * either. Where it will not tell at all, nothing can be compared.
   */
  private <T> Completion<T> whenKnown(Consumer<T> next, Runnable again) {
    return new Completion<>() {
      @Override
      public void done(T value) {
        if (!over) {
          next.accept(value);
        }
      }

      @Override
      public void failed(GatewayException failure) {
        if (over) {
          return;
        }
        if (isPassing(failure)) {
          timer = seat.loop().schedule(again, seat.instance().settings().receive().backOff());
        } else {
          seat.discord().unknown(failure);
          settle();
        }
      }
    };
  }

  private static boolean isPassing(GatewayException failure) {
    return switch (failure.category()) {
      case UNAVAILABLE, TIMEOUT, OVERLOADED, UNKNOWN_OUTCOME, CANCELLED -> true;
      case INTERNAL,
          NOT_FOUND,
          INVALID_ARGUMENT,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          UNSUPPORTED ->
          false;
    };
  }

  private void judge(Findings findings) {
    if (over) {
      return;
    }
    Demand others = findings.asked;
    if (others != null && !others.equals(demand)) {
      conflict(others, "a member without a gateway (" + findings.others + ")");
      return;
    }
    List<Peer> undecided = new ArrayList<>();
    for (var each : findings.stands.entrySet()) {
      for (Stand other : each.getValue()) {
        switch (Verdict.on(seat.party(), demand, other)) {
          case Verdict.Conflicts(Demand with) -> {
            conflict(with, "gateway " + PeerName.of(each.getKey()));
            return;
          }
          case Verdict.Undecided _ -> {
            if (!undecided.contains(each.getKey())) {
              undecided.add(each.getKey());
            }
          }
          case Verdict.Agrees _ -> {}
        }
      }
    }
    seat.discord().silent(findings.silent);
    if (undecided.isEmpty() || !seat.refuses()) {
      settle();
    } else {
      later(() -> consult(undecided), undecided);
    }
  }

  private void later(Runnable again, List<Peer> undecided) {
    if (seat.instance().clock().nanoTime() - giveUpAt < 0) {
      timer = seat.loop().schedule(again, ASK_AGAIN);
    } else {
      seat.discord().silent(undecided);
      force();
    }
  }

  private void consult(List<Peer> peers) {
    seat.inquiry().of(peers, stand, new Findings(), this::judge);
  }

  private void settle() {
    switch (seat.stands().settle(seat.key(), seat.party())) {
      case Settlement.Settled _ -> settled();
      case Settlement.Consult(var first) -> {
        if (seat.refuses()) {
          consult(List.copyOf(first));
        } else {
          force();
        }
      }
      case Settlement.Wait _ -> later(this::settle, List.of());
      case Settlement.Conflict(Demand with) -> conflict(with, "another upstream of this gateway");
    }
  }

  private void conflict(Demand with, String whose) {
    if (seat.refuses()) {
      over = true;
      listener.conflicts(this, with, whose);
    } else {
      seat.discord().differs("%s, %s asks for %s".formatted(demand, whose, with));
      force();
    }
  }

  /** Asks for it whatever others ask for. */
  private void force() {
    seat.stands().decided(seat.key(), new Stand(seat.party(), demand, demand, false));
    settled();
  }

  private void settled() {
    over = true;
    listener.settled(this);
  }
}
