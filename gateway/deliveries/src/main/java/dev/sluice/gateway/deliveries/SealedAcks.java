package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.upstreams.Checks;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewayMetrics.Operation;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.PerLoop;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;

/**
 * Judges handles and sends them where they belong: to the loop that holds the delivery, where it is
 * ours and held, else straight to the message system.
 */
final class SealedAcks implements AckPath {

  private final Instance instance;
  private final PerLoop<AckLoop> acks;
  private final PerLoop<HoldLoop> holds;

  SealedAcks(Instance instance, PerLoop<AckLoop> acks, PerLoop<HoldLoop> holds) {
    this.instance = instance;
    this.acks = acks;
    this.holds = holds;
  }

  @Override
  public HandleContent open(String handle) {
    Handle opened = Handle.open(instance.sealer(), handle);
    return new HandleContent(opened.topic(), opened.group());
  }

  @Override
  public void ack(UpstreamLease lease, String handle, Completion<Void> completion) {
    Loop loop = instance.loops().current();
    if (!loop.inLoop()) {
      loop.execute(() -> ack(lease, handle, completion));
      return;
    }
    long since = instance.clock().nanoTime();
    SharedUpstream shared = SharedUpstream.of(lease);
    Handle opened;
    try {
      opened = judge(shared, handle);
    } catch (GatewayException e) {
      completion.failed(refused(e));
      return;
    }
    var answer = new Answer(completion, since);
    if (isHeldHere(opened)) {
      int owner = ownerOf(opened);
      var back = new OnLoop<>(loop, answer);
      OnLoop.run(holds.loop(owner), () -> holds.at(owner).ack(opened, back));
    } else if (isPast(opened)) {
      answer.done(new AckOutcome.Failed(HandleFaults.expired()));
    } else {
      acks.of(loop).ack(shared, opened.topic(), opened.group(), opened.backendHandle(), answer);
    }
  }

  @Override
  public void changeInvisible(
      UpstreamLease lease, String handle, Duration invisible, Completion<SealedHandle> completion) {
    Loop loop = instance.loops().current();
    if (!loop.inLoop()) {
      loop.execute(() -> changeInvisible(lease, handle, invisible, completion));
      return;
    }
    SharedUpstream shared = SharedUpstream.of(lease);
    Handle opened;
    try {
      if (invisible.isNegative()) {
        throw GatewayException.invalid(
            Subject.INVISIBLE_DURATION,
            "invisible duration: " + Checks.text(invisible) + " (expected: 0s or more)");
      }
      opened = judge(shared, handle);
      if (!isHeldHere(opened) && isPast(opened)) {
        throw HandleFaults.expired();
      }
    } catch (GatewayException e) {
      completion.failed(refused(e));
      return;
    }
    var resealed = new Resealed(opened, completion);
    if (isHeldHere(opened)) {
      int owner = ownerOf(opened);
      var back = new OnLoop<>(loop, resealed);
      OnLoop.run(holds.loop(owner), () -> holds.at(owner).changeInvisible(opened, invisible, back));
    } else {
      shared.call(
          (upstream, done) ->
              upstream.changeInvisible(
                  opened.topic(), opened.group(), opened.backendHandle(), invisible, done),
          resealed);
    }
  }

  private Handle judge(SharedUpstream shared, String sealed) {
    Handle handle = Handle.open(instance.sealer(), sealed);
    if (handle.endpointHash() != shared.endpointHash()) {
      throw HandleFaults.unknown();
    }
    return handle;
  }

  private boolean isHeldHere(Handle handle) {
    return handle.hold() != 0 && handle.issuer() == instance.issuer();
  }

  private int ownerOf(Handle handle) {
    return (int) Math.floorMod(handle.hold(), (long) holds.size());
  }

  private boolean isPast(Handle handle) {
    return instance.clock().currentTimeMillis() >= handle.validUntil();
  }

  private GatewayException refused(GatewayException failure) {
    if (failure.subject() == Subject.HANDLE) {
      instance.metrics().increment(Counter.HANDLES_REFUSED);
    }
    return failure;
  }

  private final class Answer implements Completion<AckOutcome> {
    private final Completion<Void> completion;
    private final long since;

    Answer(Completion<Void> completion, long since) {
      this.completion = completion;
      this.since = since;
    }

    @Override
    public void done(AckOutcome outcome) {
      switch (outcome) {
        case AckOutcome.Acknowledged _ -> {
          record(true);
          Completion.succeed(completion);
        }
        case AckOutcome.Failed failed -> failed(failed.failure());
      }
    }

    @Override
    public void failed(GatewayException failure) {
      record(false);
      completion.failed(refused(failure));
    }

    private void record(boolean success) {
      long took = instance.clock().nanoTime() - since;
      instance.metrics().latencies().record(Operation.ACK, took, success);
    }
  }

  private final class Resealed implements Completion<NewHandle> {
    private final Handle before;
    private final Completion<SealedHandle> completion;

    Resealed(Handle before, Completion<SealedHandle> completion) {
      this.before = before;
      this.completion = completion;
    }

    @Override
    public void done(NewHandle fresh) {
      var handle =
          new Handle(
              instance.issuer(),
              0,
              fresh.visibleAgainAt(),
              before.endpointHash(),
              before.topic(),
              before.group(),
              fresh.handle());
      completion.done(new SealedHandle(handle.seal(instance.sealer()), fresh.visibleAgainAt()));
    }

    @Override
    public void failed(GatewayException failure) {
      completion.failed(refused(failure));
    }
  }
}
