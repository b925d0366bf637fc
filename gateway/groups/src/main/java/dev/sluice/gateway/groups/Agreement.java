package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.Stand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One party's agreement with all others about what is asked for on behalf of a group and topic.
 * Before it asks for something, or for something else, it proposes that to all that have a part in
 * the group; see {@link Verdict} for who gives way. Belongs to one loop.
 */
public final class Agreement {

  private static final Logger LOG = LoggerFactory.getLogger(Agreement.class);

  /** How soon those are asked again that were about to decide. */
  static final Duration ASK_AGAIN = Duration.ofMillis(100);

  /** How long they may take; who takes longer counts as silent. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How soon those are asked again that were silent or differ. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  /** How soon everybody is asked after members have changed; many change at once. */
  static final Duration SOON = Duration.ofSeconds(1);

  /**
   * How long more is asked for than callers want, because others want it: what they want may be
   * taken here in vain, and cannot be for long.
   */
  static final Duration LEFT_OVER = Duration.ofMinutes(1);

  /** Hears what becomes of an agreement later; called on its loop. */
  public interface Listener {

    /** This is to be asked for from now on, though it was not proposed just now. */
    void asksNow(Demand demand);

    /** What was proposed by itself is decided, and something else may be proposed. */
    void mayBeProposedTo();

    /** Callers want less than others do, and for too long: they cannot go on. */
    void differsForGood(GatewayException refusal);
  }

  private final Instance instance;
  private final Stands stands;
  private final Shown shown;
  private final GroupTopic key;
  private final Party party;
  private final Inquiry inquiry;
  private final Loop loop;
  private final Seldom refusals;
  private final Listener listener;
  private final Consumer<Agreement> over;
  private @Nullable Demand asked;
  private @Nullable Demand wanted;
  private @Nullable Proposal proposal;
  private Cancellable look = Cancellable.NONE;
  private boolean lookSoon;
  private String difference = "";
  private List<Peer> silent = List.of();
  private long leftOverSince;
  private boolean closed;

  Agreement(
      Instance instance,
      Stands stands,
      Inquirer inquirer,
      SharedUpstream shared,
      GroupTopic key,
      Party party,
      Loop loop,
      Seldom refusals,
      Listener listener,
      Consumer<Agreement> over) {
    this.instance = instance;
    this.stands = stands;
    this.shown = new Shown(shared, key, inquirer, loop);
    this.key = key;
    this.party = party;
    this.inquiry = new Inquiry(inquirer, shared, key);
    this.loop = loop;
    this.refusals = refusals;
    this.listener = listener;
    this.over = over;
  }

  GroupTopic key() {
    return key;
  }

  Loop loop() {
    return loop;
  }

  Party party() {
    return party;
  }

  boolean isThrough(SharedUpstream shared) {
    return inquiry.shared().equals(shared);
  }

  /** Whether something is being proposed; nothing else may be proposed meanwhile. */
  public boolean isProposing() {
    return proposal != null;
  }

  /** What is asked for; null before the first agreement. */
  public @Nullable Demand asked() {
    return asked;
  }

  /** What callers want to be asked for; null before the first proposal. */
  public @Nullable Demand wanted() {
    return wanted;
  }

  /**
   * Proposes to ask for something on behalf of a newcomer. Fails with {@code FAILED_PRECONDITION}
   * about {@code GROUP} where another party asks for something else; what was asked for before is
   * asked for on.
   */
  public void propose(Demand demand, Completion<Demand> completion) {
    begin(new Proposal(demand, false, completion));
  }

  /**
   * Proposes to ask for less since callers have gone. Where others still want more, everything is
   * asked for that was before, until they do not; the completion tells what is asked for, and the
   * listener when that changes.
   */
  public void reduce(Demand demand, Completion<Demand> completion) {
    begin(new Proposal(demand, true, completion));
  }

  /**
   * What becomes of a caller here that wants something else than another one: it is refused, or
   * only told of, which is counted either way.
   */
  public Optional<GatewayException> judge(Demand demand, Demand with) {
    if (refuses()) {
      refused(demand, with, "another client of this gateway");
      return Optional.of(refusal(key, demand, with));
    }
    differs("%s, another client asks for %s".formatted(demand, with));
    return Optional.empty();
  }

  private void refused(Demand demand, Demand with, String whose) {
    instance.metrics().increment(Counter.SUBSCRIPTION_CONFLICTS);
    if (refusals.now()) {
      LOG.warn(
          "group {} on {}: a subscription was refused that asks for {}, since {} asks for {}",
          key.group(),
          key.topic(),
          demand,
          whose,
          with);
    }
  }

  /** How many callers stand behind this party now; shown to administrators a little later. */
  public void clients(int number) {
    shown.clients(number);
  }

  /** Everybody is asked soon: members have come or gone. */
  void membersChanged() {
    if (asked != null) {
      lookIn(SOON);
    }
  }

  /**
   * Asks for nothing any more.
   *
   * @param done called on the loop when the message system knows, or cannot be told
   */
  public void close(Runnable done) {
    closed = true;
    look.cancel();
    Proposal open = proposal;
    proposal = null;
    if (open != null) {
      open.timer.cancel();
    }
    stands.remove(key, party);
    over.accept(this);
    shown.end(instance.accepting().get(), done);
  }

  private void begin(Proposal next) {
    if (proposal != null || closed) {
      throw new IllegalStateException(
          "agreement: " + (closed ? "closed" : "proposing") + " (expected: nothing proposed)");
    }
    proposal = next;
    next.before = wanted;
    wanted = next.demand;
    stands.propose(key, stand(true));
    if (asked == null || !shown.isCurrent()) {
      next.show();
    } else {
      next.ask();
    }
  }

  private Stand stand(boolean proposing) {
    Demand now = asked;
    Demand next = wanted == null ? now : wanted;
    if (next == null) {
      throw new IllegalStateException("agreement: nothing wanted (expected: a demand)");
    }
    return new Stand(party, now, next, proposing);
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

  /** A proposal under way: shown, then put to everybody, then settled. */
  private final class Proposal {
    private final Demand demand;
    private final boolean reducing;
    private final Completion<Demand> completion;
    private final long giveUpAt = instance.clock().nanoTime() + PATIENCE.toNanos();
    private Cancellable timer = Cancellable.NONE;
    private @Nullable Demand before;

    Proposal(Demand demand, boolean reducing, Completion<Demand> completion) {
      this.demand = demand;
      this.reducing = reducing;
      this.completion = completion;
    }

    private boolean isOver() {
      return proposal != this;
    }

    /** First of all others must be able to see this one: whoever comes later asks it then. */
    void show() {
      shown.as(demand.filter(), whenKnown(nothing -> ask(), this::show));
    }

    void ask() {
      inquiry.ofEverybody(stand(true), whenKnown(this::judge, this::ask));
    }

    /**
     * Goes on, or tries again while the message system is away: nothing can be received meanwhile
     * either. Where it will not tell at all, nothing can be compared.
     */
    private <T> Completion<T> whenKnown(Consumer<T> next, Runnable again) {
      return new Completion<>() {
        @Override
        public void done(T value) {
          if (!isOver()) {
            next.accept(value);
          }
        }

        @Override
        public void failed(GatewayException failure) {
          if (isOver()) {
            return;
          }
          if (isPassing(failure)) {
            timer = loop.schedule(again, instance.settings().receive().backOff());
          } else {
            LOG.warn(
                "group {} on {}: its members are not known, and what they ask for cannot be"
                    + " compared: {}",
                key.group(),
                key.topic(),
                failure.getMessage());
            instance.metrics().increment(Counter.SUBSCRIPTIONS_UNCOMPARED);
            settle();
          }
        }
      };
    }

    private void judge(Findings findings) {
      if (isOver()) {
        return;
      }
      Demand others = findings.asked;
      if (others != null && !others.equals(demand)) {
        conflict(others, "a member without a gateway (" + findings.others + ")");
        return;
      }
      List<Peer> undecided = new ArrayList<>();
      for (var each : findings.stands.entrySet()) {
        for (Stand stand : each.getValue()) {
          switch (Verdict.on(party, demand, stand)) {
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
      silent(findings.silent);
      if (undecided.isEmpty() || !refuses()) {
        settle();
      } else {
        later(() -> consult(undecided), undecided);
      }
    }

    private void later(Runnable again, List<Peer> undecided) {
      if (instance.clock().nanoTime() - giveUpAt < 0) {
        timer = loop.schedule(again, ASK_AGAIN);
      } else {
        silent(undecided);
        force();
      }
    }

    private void consult(List<Peer> peers) {
      inquiry.of(peers, stand(true), new Findings(), this::judge);
    }

    private void settle() {
      switch (stands.settle(key, party)) {
        case Settlement.Settled _ -> settled();
        case Settlement.Consult(var first) -> {
          if (refuses()) {
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
      if (!refuses()) {
        differs("%s, %s asks for %s".formatted(demand, whose, with));
        force();
        return;
      }
      proposal = null;
      if (reducing) {
        stands.decided(key, stand(false));
        lookIn(LOOK_AGAIN);
        leftOver(before, with);
        completion.done(stillAsked());
        return;
      }
      refused(demand, with, whose);
      wanted = before;
      if (asked == null) {
        stands.remove(key, party);
        shown.end(instance.accepting().get(), () -> completion.failed(refusal(with)));
      } else {
        stands.decided(key, stand(false));
        completion.failed(refusal(with));
      }
    }

    private void leftOver(@Nullable Demand wantedBefore, Demand with) {
      long now = instance.clock().nanoTime();
      if (!demand.equals(wantedBefore)) {
        leftOverSince = now;
      } else if (now - leftOverSince >= LEFT_OVER.toNanos()) {
        instance.metrics().increment(Counter.SUBSCRIPTION_CONFLICTS);
        listener.differsForGood(refusal(with));
      }
    }

    private GatewayException refusal(Demand with) {
      return Agreement.refusal(key, demand, with);
    }

    private Demand stillAsked() {
      Demand now = asked;
      return now == null ? demand : now;
    }

    /** Asks for it whatever others ask for. */
    private void force() {
      stands.decided(key, new Stand(party, demand, demand, false));
      settled();
    }

    private void settled() {
      proposal = null;
      asked = demand;
      shown.now(demand.filter());
      if (!silent.isEmpty() || !difference.isEmpty()) {
        lookIn(LOOK_AGAIN);
      }
      completion.done(demand);
    }
  }

  /** What a caller is told whose subscription differs. */
  static GatewayException refusal(GroupTopic key, Demand demand, Demand with) {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION,
        Subject.GROUP,
        "group: %s filter: %s (expected: as the group's other members ask for on %s, %s)"
            .formatted(key.group(), demand, key.topic(), with));
  }

  private boolean refuses() {
    return instance.settings().groups().refusesConflicts();
  }

  // Later on.

  private void lookIn(Duration pause) {
    boolean sooner = pause.equals(SOON);
    if (closed || lookSoon) {
      return;
    }
    look.cancel();
    lookSoon = sooner;
    look = loop.schedule(this::lookNow, pause);
  }

  private void lookNow() {
    lookSoon = false;
    Demand now = asked;
    if (closed || now == null) {
      return;
    }
    if (proposal != null) {
      lookIn(SOON);
    } else if (wanted != null && !wanted.equals(now)) {
      begin(new Proposal(wanted, true, new Reduced(now)));
    } else {
      shown.again();
      inquiry.ofEverybody(
          stand(false),
          new Completion<>() {
            @Override
            public void done(Findings findings) {
              compare(findings);
            }

            @Override
            public void failed(GatewayException failure) {
              LOG.debug("group {}: its members are not known", key.group(), failure);
              lookIn(LOOK_AGAIN);
            }
          });
    }
  }

  /** Callers have gone before, and now others do not want what these wanted either. */
  private final class Reduced implements Completion<Demand> {
    private final Demand before;

    Reduced(Demand before) {
      this.before = before;
    }

    @Override
    public void done(Demand now) {
      if (!now.equals(before)) {
        listener.asksNow(now);
      }
      if (!closed) {
        listener.mayBeProposedTo();
      }
    }

    @Override
    public void failed(GatewayException failure) {
      LOG.debug("group {}: it goes on as before", key.group(), failure);
      listener.mayBeProposedTo();
    }
  }

  private void compare(Findings findings) {
    Demand now = asked;
    if (closed || now == null || proposal != null) {
      return;
    }
    silent(findings.silent);
    String found = difference(now, findings);
    if (found.isEmpty() && !difference.isEmpty()) {
      LOG.info("group {} on {}: all members ask for the same", key.group(), key.topic());
      difference = "";
    } else if (!found.isEmpty()) {
      differs(found);
    }
    if (!found.isEmpty() || !silent.isEmpty()) {
      lookIn(LOOK_AGAIN);
    }
  }

  private String difference(Demand now, Findings findings) {
    Demand others = findings.asked;
    if (others != null && !others.equals(now)) {
      return "%s, a member without a gateway (%s) asks for %s"
          .formatted(now, findings.others, others);
    }
    for (var each : findings.stands.entrySet()) {
      for (Stand stand : each.getValue()) {
        if (Verdict.onDecided(now, stand) instanceof Verdict.Conflicts(Demand with)) {
          return "%s, gateway %s asks for %s".formatted(now, PeerName.of(each.getKey()), with);
        }
      }
    }
    for (Stand stand : stands.others(key, party)) {
      if (Verdict.onDecided(now, stand) instanceof Verdict.Conflicts(Demand with)) {
        return "%s, another upstream of this gateway asks for %s".formatted(now, with);
      }
    }
    return "";
  }

  private void differs(String found) {
    if (!found.equals(difference)) {
      difference = found;
      instance.metrics().increment(Counter.SUBSCRIPTION_CONFLICTS);
      LOG.warn(
          "group {} on {}: its members ask for different messages and take them from each other:"
              + " here {}",
          key.group(),
          key.topic(),
          found);
    }
  }

  /** Going on without them is a choice: see the decision record. */
  private void silent(List<Peer> now) {
    if (!now.isEmpty() && !now.equals(silent)) {
      instance.metrics().add(Counter.SUBSCRIPTIONS_UNCOMPARED, now.size());
      LOG.warn(
          "group {} on {}: what these gateways ask for is not known, since they do not answer: {}",
          key.group(),
          key.topic(),
          now.stream().map(PeerName::of).toList());
    }
    silent = List.copyOf(now);
  }
}
