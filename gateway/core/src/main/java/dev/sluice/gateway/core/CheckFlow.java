package dev.sluice.gateway.core;

import dev.sluice.gateway.core.CheckSink.Check;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.lifecycle.Dependent;
import dev.sluice.lifecycle.Tracked;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A checker on its own loop, where its sink is called. Keeps its upstream open, so that the message
 * system can ask.
 */
final class CheckFlow implements CheckStream, Dependent {

  /** What a checker was opened through, and ends with. */
  interface Owner {
    /** Whether it has not ended; from any thread. */
    boolean isOpen();

    /** The checker has ended; called once, on the checker's loop. */
    void over(CheckFlow checker);
  }

  private final ReceiveSettings bounds;
  private final SharedUpstream shared;
  private final CheckSink sink;
  private final Loop loop;
  private final Owner owner;
  private final Tracked tracked;
  private final AtomicInteger waitingChecks = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  // Bounded by the two counts, which say what is in it or on its way.
  private final Deque<Check> waiting = new ArrayDeque<>();
  private boolean open = true;

  /**
   * Makes a checker on the calling loop.
   *
   * @param what names it in the ledger
   * @param owner what it ends with, and what is told of that
   */
  CheckFlow(Instance instance, SharedUpstream shared, String what, CheckSink sink, Owner owner) {
    this.bounds = instance.settings().receive();
    this.shared = shared;
    this.sink = sink;
    this.loop = instance.loops().current();
    this.owner = owner;
    this.tracked = instance.ledger().track(ResourceKinds.CHECKER, what, this);
  }

  /** Starts the upstream where it is not open, and keeps it so. */
  void start() {
    shared.pin();
    shared.use(
        new Completion<>() {
          @Override
          public void done(ActiveUpstream active) {}

          @Override
          public void failed(GatewayException failure) {
            abort(failure);
          }
        });
  }

  /** Hands the check on, now or when the sink is ready; false where too much waits already. */
  boolean offer(Check check) {
    int bytes = check.message().body().remaining();
    if (waitingChecks.incrementAndGet() > bounds.bufferMessages()
        || waitingBytes.get() > bounds.bufferBytes()) {
      waitingChecks.decrementAndGet();
      return false;
    }
    waitingBytes.addAndGet(bytes);
    OnLoop.run(
        loop,
        () -> {
          waiting.add(check);
          drain();
        });
    return true;
  }

  private void drain() {
    while (open && !waiting.isEmpty() && sink.isReady()) {
      Check next = waiting.remove();
      waitingChecks.decrementAndGet();
      waitingBytes.addAndGet(-next.message().body().remaining());
      sink.check(next);
    }
  }

  @Override
  public void resume() {
    OnLoop.run(loop, this::drain);
  }

  /** Ends it from outside, telling the sink. */
  void abort(GatewayException failure) {
    OnLoop.run(
        loop,
        () -> {
          if (open) {
            finish();
            sink.ended(failure);
          }
        });
  }

  @Override
  public boolean isOrphan() {
    return !owner.isOpen();
  }

  @Override
  public void release() {
    abort(GatewayException.unavailable("checks: their producer is closed", null));
  }

  @Override
  public void close() {
    OnLoop.run(
        loop,
        () -> {
          if (open) {
            finish();
          }
        });
  }

  private void finish() {
    open = false;
    waiting.clear();
    shared.unpin();
    owner.over(this);
    tracked.close();
  }
}
