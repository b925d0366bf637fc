package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.groups.TagSet;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Pulls, which keep their upstream open while they wait. */
final class SinglePulls implements PullPath {

  private final Instance instance;
  // A pull removes itself when it ends.
  private final Set<Single> underWay = ConcurrentHashMap.newKeySet();

  SinglePulls(Instance instance) {
    this.instance = instance;
  }

  @Override
  public Cancellable pull(UpstreamLease lease, PullRequest request, Completion<Pulled> completion) {
    Loop loop = instance.loops().current();
    PullRequest normalised;
    try {
      instance.requireAccepting();
      normalised =
          new PullRequest(
              request.topic(),
              request.group(),
              TagSet.normalised(request.filter()),
              request.queue(),
              request.offset(),
              request.max(),
              request.maxWait());
    } catch (GatewayException e) {
      OnLoop.run(loop, () -> completion.failed(e));
      return Cancellable.NONE;
    }
    var single = new Single(SharedUpstream.of(lease), normalised, loop, completion);
    underWay.add(single);
    OnLoop.run(loop, single::begin);
    return single;
  }

  /** Whether none is under way. */
  boolean isQuiet() {
    return underWay.isEmpty();
  }

  /** Answers each as if its time were up: its caller asks again, where it is still served. */
  void endAll() {
    underWay.forEach(Single::timeOut);
  }

  private final class Single implements Cancellable, Completion<Pulled> {
    private final SharedUpstream shared;
    private final PullRequest request;
    private final Loop loop;
    private final Completion<Pulled> completion;
    private Cancellable call = Cancellable.NONE;
    private boolean cancelled;
    private boolean timedOut;

    Single(SharedUpstream shared, PullRequest request, Loop loop, Completion<Pulled> completion) {
      this.shared = shared;
      this.request = request;
      this.loop = loop;
      this.completion = completion;
    }

    void begin() {
      instance.metrics().increment(Counter.POLLS);
      shared.call(
          (upstream, done) -> {
            call = upstream.pull(request, done);
            if (cancelled) {
              call.cancel();
            }
          },
          this);
    }

    @Override
    public void done(Pulled pulled) {
      underWay.remove(this);
      if (pulled instanceof Pulled.Found found) {
        int count = found.messages().size();
        instance.metrics().add(Counter.MESSAGES_RECEIVED, count);
        instance.metrics().topics().succeeded(request.topic(), Count.RECEIVED, count);
      }
      completion.done(pulled);
    }

    @Override
    public void failed(GatewayException failure) {
      underWay.remove(this);
      if (timedOut) {
        completion.done(new Pulled.Nothing(request.offset()));
        return;
      }
      if (!cancelled) {
        instance.metrics().increment(Counter.POLL_FAILURES);
      }
      completion.failed(failure);
    }

    void timeOut() {
      OnLoop.run(
          loop,
          () -> {
            timedOut = true;
            cancel();
          });
    }

    @Override
    public void cancel() {
      OnLoop.run(
          loop,
          () -> {
            cancelled = true;
            call.cancel();
          });
    }
  }
}
