package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.Agreements;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.Demand;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerAnswers;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.PerLoop;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Tally;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * All that one instance receives, holds and acknowledges. Closed in three steps by its owner: the
 * streams end, {@link #endReceives} until {@link #isQuiet}, and {@link #close}. Safe for use by any
 * thread.
 */
public final class Deliveries implements PeerAnswers {

  private final Instance instance;
  private final Tally pendingAcks;
  private final Tally held;
  private final PerLoop<HoldLoop> holds;
  private final DeadLetters deadLetters;
  private final GroupPolls polls;
  private final SingleReceives receives;
  private final SinglePulls pulls;
  private final HeldHere heldHere;
  private final PerLoop<ForwardLoop> forwards;
  private final Agreements agreements;
  private final SealedAcks acks;
  private volatile boolean closed;

  /** Makes the parts of each loop, and its two tallies in the ledger. */
  public Deliveries(Instance instance) {
    this.instance = instance;
    this.pendingAcks = instance.ledger().tally(ResourceKinds.PENDING_ACK, "acknowledgements");
    this.held = instance.ledger().tally(ResourceKinds.HELD_DELIVERY, "receive path");
    var ackLoops =
        new PerLoop<>(instance.loops(), (loop, index) -> new AckLoop(instance, pendingAcks));
    this.holds =
        new PerLoop<>(
            instance.loops(),
            (loop, index) -> new HoldLoop(instance, loop, index, ackLoops.at(index), held));
    this.deadLetters = new DeadLetters(instance);
    this.agreements = new Agreements(instance);
    this.polls = new GroupPolls(instance, holds, deadLetters, agreements);
    this.receives =
        new SingleReceives(instance, holds, deadLetters, new SingleParties(instance, agreements));
    this.pulls = new SinglePulls(instance);
    this.heldHere = new HeldHere(instance, holds);
    this.forwards =
        new PerLoop<>(
            instance.loops(), (loop, index) -> new ForwardLoop(instance, loop, pendingAcks));
    this.acks = new SealedAcks(instance, ackLoops, heldHere, forwards);
  }

  /** Single receives. */
  public ReceivePath receives() {
    return receives;
  }

  /** Reads from offsets on. */
  public PullPath pulls() {
    return pulls;
  }

  /** Acknowledgements. */
  public AckPath acks() {
    return acks;
  }

  /** Says early that a stream would be refused; done where that is not known. */
  public void foresee(
      UpstreamLease lease,
      Subscription subscription,
      boolean ordered,
      Completion<Void> completion) {
    agreements.foresee(
        SharedUpstream.of(lease),
        subscription.topic(),
        subscription.group(),
        new Demand(subscription.filter(), ordered),
        completion);
  }

  /** The message system tells that a group's members have changed. */
  public void membersChanged(SharedUpstream shared, String group) {
    agreements.membersChanged(shared, group);
  }

  @Override
  public void compareStands(
      PeerQuestion.CompareStands question, Completion<PeerAnswer.StandsCompared> completion) {
    completion.done(new PeerAnswer.StandsCompared(agreements.hear(question)));
  }

  @Override
  public void resolveHeld(
      PeerQuestion.ResolveHeld question, Completion<PeerAnswer.HeldResolved> completion) {
    if (closed) {
      // Nobody knows any more what was acknowledged.
      completion.failed(Instance.closing());
      return;
    }
    heldHere.resolve(question, completion);
  }

  /**
   * Makes a stream on the calling loop; begun by {@link StreamFlow#start}.
   *
   * @param owner what it ends with, and what is told of that
   */
  public StreamFlow stream(StreamSpec spec, DeliverySink sink, StreamOwner owner) {
    Loop loop = instance.loops().current();
    var key = new GroupPolls.Key(SharedUpstream.of(spec.lease()), spec.topic(), spec.group());
    return new StreamFlow(instance, polls.join(key, loop), loop, sink, spec, owner);
  }

  /**
   * Ends what receives wait for, as if their time were up; to be repeated until {@link #isQuiet}.
   */
  public void endReceives() {
    polls.cancelAll();
    receives.endAll();
    pulls.endAll();
  }

  /** Whether nothing is being received, acknowledged, handed back or moved. */
  public boolean isQuiet() {
    return polls.isEmpty()
        && agreements.isEmpty()
        && receives.isQuiet()
        && pulls.isQuiet()
        && deadLetters.isQuiet()
        && pendingAcks.value() == 0
        && holds.all().stream().allMatch(HoldLoop::isQuiet);
  }

  /** How many deliveries are held. */
  public long held() {
    return held.value();
  }

  /** Done when each loop has run what it was given before this call. */
  public CompletableFuture<Void> caughtUp() {
    return onEachLoop(index -> {});
  }

  /** Lets go of everything; what was still held comes again by itself. */
  public CompletableFuture<Void> close() {
    closed = true;
    return onEachLoop(
            index -> {
              forwards.at(index).close();
              holds.at(index).close();
            })
        .thenRun(
            () -> {
              deadLetters.close();
              pendingAcks.close();
              held.close();
            });
  }

  private CompletableFuture<Void> onEachLoop(IntConsumer task) {
    var ran = new CompletableFuture<?>[holds.size()];
    for (int i = 0; i < ran.length; i++) {
      int index = i;
      var one = new CompletableFuture<Void>();
      ran[i] = one;
      holds
          .loop(i)
          .execute(
              () -> {
                task.accept(index);
                one.complete(null);
              });
    }
    return CompletableFuture.allOf(ran);
  }
}
