package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.gateway.upstreams.PerLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The deliveries that this instance holds, whichever of its loops does. */
final class HeldHere {

  private final Instance instance;
  private final PerLoop<HoldLoop> holds;

  HeldHere(Instance instance, PerLoop<HoldLoop> holds) {
    this.instance = instance;
    this.holds = holds;
  }

  /** Does what a handle's user wants; the completion is done, on the calling loop. */
  void resolve(HeldResolution resolution, Completion<HeldOutcome> completion) {
    int owner = ownerOf(resolution);
    var back = new OnLoop<>(instance.loops().current(), completion);
    OnLoop.run(holds.loop(owner), () -> resolve(holds.at(owner), resolution, back));
  }

  /**
   * Goes on where the handle's user still has the delivery; else the completion is told what became
   * of it. Both on the calling loop.
   */
  void ifHeld(HeldResolution.Acknowledge wanted, Completion<AckOutcome> completion, Runnable next) {
    int owner = ownerOf(wanted);
    Loop loop = instance.loops().current();
    OnLoop.run(
        holds.loop(owner),
        () -> {
          AckOutcome past = holds.at(owner).past(wanted);
          OnLoop.run(
              loop,
              () -> {
                if (past == null) {
                  next.run();
                } else {
                  completion.done(past);
                }
              });
        });
  }

  /** The same for many, as another instance asks for them. */
  void resolve(PeerQuestion.ResolveHeld question, Completion<PeerAnswer.HeldResolved> completion) {
    List<HeldResolution> all = question.resolutions();
    var gathering = new Gathering(all.size(), instance.loops().current(), completion);
    var byOwner = new ArrayList<List<Integer>>();
    for (int owner = 0; owner < holds.size(); owner++) {
      byOwner.add(new ArrayList<>());
    }
    for (int i = 0; i < all.size(); i++) {
      byOwner.get(ownerOf(all.get(i))).add(i);
    }
    for (int owner = 0; owner < holds.size(); owner++) {
      HoldLoop part = holds.at(owner);
      List<Integer> own = byOwner.get(owner);
      if (!own.isEmpty()) {
        OnLoop.run(
            holds.loop(owner),
            () -> own.forEach(i -> resolve(part, all.get(i), gathering.entry(i))));
      }
    }
  }

  private static void resolve(
      HoldLoop part, HeldResolution resolution, Completion<HeldOutcome> completion) {
    switch (resolution) {
      case HeldResolution.Acknowledge acknowledge -> part.ack(acknowledge, new Acked(completion));
      case HeldResolution.ComeAgain again -> part.comeAgain(again, completion);
    }
  }

  private record Acked(Completion<HeldOutcome> completion) implements Completion<AckOutcome> {
    @Override
    public void done(AckOutcome outcome) {
      completion.done(
          switch (outcome) {
            case AckOutcome.Acknowledged _ -> new HeldOutcome.Acknowledged();
            case AckOutcome.Failed failed -> new HeldOutcome.Failed(failed.failure());
          });
    }

    @Override
    public void failed(GatewayException failure) {
      completion.done(new HeldOutcome.Failed(failure));
    }
  }

  private int ownerOf(HeldResolution resolution) {
    return (int) Math.floorMod(resolution.hold(), (long) holds.size());
  }

  /** Collects outcomes, which come on any loop. */
  private static final class Gathering {
    private final AtomicReferenceArray<HeldOutcome> outcomes;
    private final AtomicInteger missing;
    private final Completion<PeerAnswer.HeldResolved> completion;

    Gathering(int size, Loop loop, Completion<PeerAnswer.HeldResolved> completion) {
      this.outcomes = new AtomicReferenceArray<>(size);
      this.missing = new AtomicInteger(size);
      this.completion = new OnLoop<>(loop, completion);
    }

    Completion<HeldOutcome> entry(int index) {
      return new Completion<>() {
        @Override
        public void done(HeldOutcome outcome) {
          outcomes.set(index, outcome);
          if (missing.decrementAndGet() == 0) {
            completion.done(all());
          }
        }

        @Override
        public void failed(GatewayException failure) {
          done(new HeldOutcome.Failed(failure));
        }
      };
    }

    private PeerAnswer.HeldResolved all() {
      var all = new ArrayList<HeldOutcome>(outcomes.length());
      for (int i = 0; i < outcomes.length(); i++) {
        all.add(outcomes.get(i));
      }
      return new PeerAnswer.HeldResolved(all);
    }
  }
}
