package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Peer;
import dev.sluice.gateway.upstreams.PeerAnswer;
import dev.sluice.gateway.upstreams.PeerQuestion;
import dev.sluice.lifecycle.Tally;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One loop's acknowledgements and retries on their way to the instances that hold the deliveries.
 * Those of one instance share questions: one is under way at a time, and what comes meanwhile
 * leaves together.
 */
final class ForwardLoop {

  private record Entry(HeldResolution resolution, Completion<HeldOutcome> completion) {}

  private final Instance instance;
  private final Tally pending;
  // A lane is removed when it is empty.
  private final Map<Peer, Lane> lanes = new HashMap<>();
  private final OwedNotices owed;

  ForwardLoop(Instance instance, Loop loop, Tally pending) {
    this.instance = instance;
    this.pending = pending;
    this.owed = new OwedNotices(instance, loop);
  }

  /** Has the holder, which was out of reach, learn later of what was acknowledged without it. */
  void owe(Peer holder, HeldResolution.Acknowledge acknowledged) {
    owed.add(holder, acknowledged);
  }

  /** Forgets what holders were to learn. */
  void close() {
    owed.close();
  }

  /** Has the holder do it; fails as {@link dev.sluice.gateway.upstreams.Peers#ask} does. */
  void forward(Peer holder, HeldResolution resolution, Completion<HeldOutcome> completion) {
    pending.add(1);
    Lane lane = lanes.computeIfAbsent(holder, Lane::new);
    lane.waiting.add(new Entry(resolution, completion));
    lane.pump();
  }

  private final class Lane {
    private final Peer holder;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private boolean underWay;
    private boolean pumping;

    Lane(Peer holder) {
      this.holder = holder;
    }

    void pump() {
      if (pumping) {
        return;
      }
      pumping = true;
      while (!underWay && !waiting.isEmpty()) {
        depart();
      }
      pumping = false;
      if (!underWay) {
        lanes.remove(holder, this);
      }
    }

    private void depart() {
      underWay = true;
      var batch = new ArrayList<Entry>(Math.min(waiting.size(), PeerQuestion.ResolveHeld.MOST));
      var resolutions = new ArrayList<HeldResolution>(batch.size());
      while (batch.size() < PeerQuestion.ResolveHeld.MOST && !waiting.isEmpty()) {
        Entry next = waiting.remove();
        batch.add(next);
        resolutions.add(next.resolution);
      }
      instance
          .peers()
          .ask(holder, new PeerQuestion.ResolveHeld(resolutions), new Landing(this, batch));
    }

    private void landed() {
      underWay = false;
      pump();
    }
  }

  private final class Landing implements Completion<PeerAnswer.HeldResolved> {
    private final Lane lane;
    private final List<Entry> batch;

    Landing(Lane lane, List<Entry> batch) {
      this.lane = lane;
      this.batch = batch;
    }

    @Override
    public void done(PeerAnswer.HeldResolved answer) {
      lane.landed();
      pending.remove(batch.size());
      instance.metrics().add(Counter.FORWARDED, batch.size());
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).completion.done(answer.outcomes().get(i));
      }
    }

    @Override
    public void failed(GatewayException failure) {
      lane.landed();
      pending.remove(batch.size());
      instance.metrics().add(Counter.FORWARD_FAILURES, batch.size());
      batch.forEach(entry -> entry.completion.failed(failure));
    }
  }
}
