package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.Agreement;
import dev.sluice.gateway.groups.Agreements;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Demand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which streams take part in a poll: those with which the poll asks for what all others agree to
 * who have a part in the group. One after the other, so that one that is refused takes no other
 * with it. Belongs to the poll's loop.
 */
final class Admission {

  private final GroupPoll poll;
  private final Agreements agreements;
  private final Loop loop;
  private final Deque<Subscriber> waiting = new ArrayDeque<>();
  private @Nullable Agreement agreement;
  private @Nullable Subscriber proposed;
  private boolean closing;
  private boolean deciding;

  Admission(GroupPoll poll, Agreements agreements, Loop loop) {
    this.poll = poll;
    this.agreements = agreements;
    this.loop = loop;
  }

  /** Ends in the poll's {@code admitted} or {@code refused}, unless it is withdrawn before. */
  void join(Subscriber subscriber) {
    waiting.add(subscriber);
    decide();
  }

  /** Whether it was not decided yet; it is forgotten then. */
  boolean withdraw(Subscriber subscriber) {
    if (subscriber.equals(proposed)) {
      proposed = null;
      return true;
    }
    return waiting.remove(subscriber);
  }

  /** Whether nobody waits. */
  boolean isIdle() {
    return waiting.isEmpty() && proposed == null;
  }

  /** Decides what there is to decide about those that wait, and about those that have left. */
  void decide() {
    // What ends at once comes back here.
    if (deciding || closing) {
      return;
    }
    deciding = true;
    boolean goesOn = true;
    while (goesOn && proposed == null) {
      Subscriber next = waiting.poll();
      if (next != null) {
        goesOn = decide(next);
      } else {
        goesOn = false;
        reduce();
      }
    }
    deciding = false;
  }

  /** False where the answer takes time. */
  private boolean decide(Subscriber next) {
    Agreement with = opened();
    if (with.isProposing()) {
      waiting.addFirst(next);
      return false;
    }
    List<Subscriber> admitted = poll.subscribers();
    GatewayException conflict = Compatibility.conflict(poll.key(), admitted, next);
    if (conflict != null) {
      poll.refused(next, conflict);
      return true;
    }
    var all = new ArrayList<>(admitted);
    all.add(next);
    Demand demand = Compatibility.demand(all);
    if (demand.equals(with.asked()) && demand.equals(with.wanted())) {
      admit(next, demand);
      return true;
    }
    proposed = next;
    with.propose(demand, new Proposed(next));
    return true;
  }

  private Agreement opened() {
    Agreement known = agreement;
    if (known == null) {
      known =
          agreements.open(poll.key().shared(), poll.key().topic(), poll.key().group(), loop, poll);
      agreement = known;
    }
    return known;
  }

  private void admit(Subscriber subscriber, Demand demand) {
    poll.admitted(subscriber, demand);
    showClients();
  }

  private void showClients() {
    Agreement with = agreement;
    if (with != null) {
      with.clients(poll.subscribers().size());
    }
  }

  private void reduce() {
    Agreement with = agreement;
    if (with == null || with.isProposing() || poll.subscribers().isEmpty()) {
      return;
    }
    showClients();
    Demand demand = Compatibility.demand(poll.subscribers());
    if (!demand.equals(with.wanted())) {
      with.reduce(
          demand,
          new Completion<>() {
            @Override
            public void done(Demand asked) {
              poll.asksNow(asked);
              decide();
            }

            @Override
            public void failed(GatewayException failure) {
              decide();
            }
          });
    }
  }

  /** A stream's proposal; it may have ended meanwhile. */
  private final class Proposed implements Completion<Demand> {
    private final Subscriber subscriber;

    Proposed(Subscriber subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void done(Demand demand) {
      if (subscriber.equals(proposed)) {
        proposed = null;
        admit(subscriber, demand);
      }
      decide();
    }

    @Override
    public void failed(GatewayException failure) {
      if (subscriber.equals(proposed)) {
        proposed = null;
        poll.refused(subscriber, failure);
      }
      decide();
    }
  }

  /** Gives the agreement up; those that come from now on wait for {@link #reopen}. */
  void close(Runnable done) {
    closing = true;
    Agreement open = agreement;
    agreement = null;
    if (open == null) {
      done.run();
    } else {
      open.close(done);
    }
  }

  /** Decides about those that came meanwhile; false where nobody did. */
  boolean reopen() {
    closing = false;
    boolean any = !isIdle();
    decide();
    return any;
  }
}
