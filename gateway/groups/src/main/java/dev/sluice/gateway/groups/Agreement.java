package dev.sluice.gateway.groups;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Party;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.Stand;
import java.time.Duration;
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

  private final Seat seat;
  private final Listener listener;
  private final Consumer<Agreement> over;
  private @Nullable Demand asked;
  private @Nullable Demand wanted;
  private @Nullable Proposal proposal;
  private Cancellable look = Cancellable.NONE;
  private boolean lookSoon;
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
    this.seat =
        new Seat(
            instance,
            stands,
            key,
            party,
            new Shown(shared, key, inquirer, loop),
            new Inquiry(inquirer, shared, key),
            loop,
            new Discord(instance, key, refusals));
    this.listener = listener;
    this.over = over;
  }

  GroupTopic key() {
    return seat.key();
  }

  Loop loop() {
    return seat.loop();
  }

  Party party() {
    return seat.party();
  }

  boolean isThrough(SharedUpstream shared) {
    return seat.inquiry().shared().equals(shared);
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
    begin(new Proposal.Terms(demand, false, completion));
  }

  /**
   * Proposes to ask for less since callers have gone. Where others still want more, everything is
   * asked for that was before, until they do not; the completion tells what is asked for, and the
   * listener when that changes.
   */
  public void reduce(Demand demand, Completion<Demand> completion) {
    begin(new Proposal.Terms(demand, true, completion));
  }

  /**
   * What becomes of a caller here that wants something else than another one: it is refused, or
   * only told of, which is counted either way.
   */
  public Optional<GatewayException> judge(Demand demand, Demand with) {
    if (seat.refuses()) {
      return Optional.of(seat.discord().refused(demand, with, "another client of this gateway"));
    }
    seat.discord().differs("%s, another client asks for %s".formatted(demand, with));
    return Optional.empty();
  }

  /** How many callers stand behind this party now; shown to administrators a little later. */
  public void clients(int number) {
    seat.shown().clients(number);
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
      open.abandon();
    }
    seat.stands().remove(seat.key(), seat.party());
    over.accept(this);
    seat.shown().end(seat.instance().accepting().get(), done);
  }

  private void begin(Proposal.Terms terms) {
    if (proposal != null || closed) {
      throw new IllegalStateException(
          "agreement: " + (closed ? "closed" : "proposing") + " (expected: nothing proposed)");
    }
    var next = new Proposal(seat, terms, asked, wanted, new Proposed());
    proposal = next;
    wanted = terms.demand();
    next.begin();
  }

  /** How proposals end. */
  private final class Proposed implements Proposal.Listener {

    @Override
    public void settled(Proposal settled) {
      proposal = null;
      asked = settled.demand;
      seat.shown().now(settled.demand.filter());
      if (seat.discord().isAny()) {
        lookIn(LOOK_AGAIN);
      }
      settled.completion.done(settled.demand);
    }

    @Override
    public void conflicts(Proposal refused, Demand with, String whose) {
      proposal = null;
      Demand now = asked;
      if (refused.reducing) {
        decided();
        lookIn(LOOK_AGAIN);
        leftOver(refused, with);
        refused.completion.done(now == null ? refused.demand : now);
        return;
      }
      GatewayException refusal = seat.discord().refused(refused.demand, with, whose);
      wanted = refused.before;
      if (now == null) {
        seat.stands().remove(seat.key(), seat.party());
        seat.shown()
            .end(seat.instance().accepting().get(), () -> refused.completion.failed(refusal));
      } else {
        decided();
        refused.completion.failed(refusal);
      }
    }
  }

  private void decided() {
    seat.stands().decided(seat.key(), stand());
  }

  /** Where it stands while it proposes nothing. */
  private Stand stand() {
    Demand now = asked;
    Demand next = wanted == null ? now : wanted;
    if (next == null) {
      throw new IllegalStateException("agreement: nothing wanted (expected: a demand)");
    }
    return new Stand(seat.party(), now, next, false);
  }

  private void leftOver(Proposal reduced, Demand with) {
    long now = seat.instance().clock().nanoTime();
    if (!reduced.demand.equals(reduced.before)) {
      leftOverSince = now;
    } else if (now - leftOverSince >= LEFT_OVER.toNanos()) {
      listener.differsForGood(seat.discord().refusedForGood(reduced.demand, with));
    }
  }

  // Later on.

  private void lookIn(Duration pause) {
    boolean sooner = pause.equals(SOON);
    if (closed || lookSoon) {
      return;
    }
    look.cancel();
    lookSoon = sooner;
    look = seat.loop().schedule(this::lookNow, pause);
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
      begin(new Proposal.Terms(wanted, true, new Reduced(now)));
    } else {
      seat.shown().again();
      seat.inquiry()
          .ofEverybody(
              stand(),
              new Completion<>() {
                @Override
                public void done(Findings findings) {
                  compare(findings);
                }

                @Override
                public void failed(GatewayException failure) {
                  LOG.debug("group {}: its members are not known", key().group(), failure);
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
      LOG.debug("group {}: it goes on as before", key().group(), failure);
      listener.mayBeProposedTo();
    }
  }

  private void compare(Findings findings) {
    Demand now = asked;
    if (closed || now == null || proposal != null) {
      return;
    }
    Discord discord = seat.discord();
    discord.silent(findings.silent);
    discord.compared(seat.difference(now, findings));
    if (discord.isAny()) {
      lookIn(LOOK_AGAIN);
    }
  }
}
