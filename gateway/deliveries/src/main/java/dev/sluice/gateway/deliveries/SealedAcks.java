package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.upstreams.Checks;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewayMetrics.Operation;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.HeldResolution;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.PerLoop;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Judges handles and sends them where they belong: to whoever holds the delivery, one of our loops
 * or another instance, and straight to the message system where nobody does.
 *
 * <p>An instance that does not answer, or is not there any more, is taken for gone: then its handle
 * is used as it is for as long as that is certain to be the message system's newest. One that was
 * only out of reach learns of it later. Handles that are local to their issuer are of use to nobody
 * else: without it the message comes again.
 */
final class SealedAcks implements AckPath {

  private final Instance instance;
  private final PerLoop<AckLoop> acks;
  private final HeldHere held;
  private final PerLoop<ForwardLoop> forwards;

  SealedAcks(
      Instance instance, PerLoop<AckLoop> acks, HeldHere held, PerLoop<ForwardLoop> forwards) {
    this.instance = instance;
    this.acks = acks;
    this.held = held;
    this.forwards = forwards;
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
    if (!isHeld(opened)) {
      ackUnheld(loop, shared, opened, HandleFaults.expired(), answer);
      return;
    }
    var wanted = new HeldResolution.Acknowledge(opened.hold(), opened.validUntil());
    resolve(
        loop,
        opened,
        wanted,
        new HolderEnd(
            answer, failure -> ackWithoutHolder(loop, shared, opened, wanted, failure, answer)));
  }

  private void ackWithoutHolder(
      Loop loop,
      SharedUpstream shared,
      Handle handle,
      HeldResolution.Acknowledge wanted,
      GatewayException why,
      Answer answer) {
    if (handle.local()) {
      answer.failed(HandleFaults.issuerGone());
      return;
    }
    if (why.category() == ErrorCategory.UNAVAILABLE) {
      answer.onSuccess(() -> forwards.of(loop).owe(handle.issuer(), wanted));
    }
    ackUnheld(loop, shared, handle, HandleFaults.issuerGone(), answer);
  }

  private void ackUnheld(
      Loop loop, SharedUpstream shared, Handle handle, GatewayException past, Answer answer) {
    if (isPast(handle)) {
      answer.failed(past);
    } else {
      acks.of(loop).ack(shared, handle.topic(), handle.group(), handle.backendHandle(), answer);
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
    } catch (GatewayException e) {
      completion.failed(refused(e));
      return;
    }
    var resealed = new Resealed(opened, completion);
    if (!isHeld(opened)) {
      changeUnheld(shared, opened, invisible, HandleFaults.expired(), resealed);
      return;
    }
    resolve(
        loop,
        opened,
        new HeldResolution.ComeAgain(opened.hold(), opened.validUntil(), invisible),
        new HolderEnd(
            resealed,
            failure ->
                changeUnheld(shared, opened, invisible, HandleFaults.issuerGone(), resealed)));
  }

  private void changeUnheld(
      SharedUpstream shared,
      Handle handle,
      Duration invisible,
      GatewayException past,
      Resealed resealed) {
    if (isPast(handle) || handle.local()) {
      resealed.failed(past);
      return;
    }
    shared.call(
        (upstream, done) ->
            upstream.changeInvisible(
                handle.topic(), handle.group(), handle.backendHandle(), invisible, done),
        resealed);
  }

  @Override
  public void deadLetter(UpstreamLease lease, String handle, Completion<Void> completion) {
    Loop loop = instance.loops().current();
    if (!loop.inLoop()) {
      loop.execute(() -> deadLetter(lease, handle, completion));
      return;
    }
    SharedUpstream shared = SharedUpstream.of(lease);
    Handle opened;
    try {
      opened = judge(shared, handle);
      if (!isHeld(opened) && isPast(opened)) {
        throw HandleFaults.expired();
      }
    } catch (GatewayException e) {
      completion.failed(refused(e));
      return;
    }
    var givenUp = new GivenUp(lease, handle, completion);
    Runnable store =
        () ->
            shared.call(
                (upstream, done) ->
                    upstream.storeDeadLetter(
                        opened.topic(), opened.group(), opened.backendHandle(), done),
                givenUp);
    if (isHeld(opened) && opened.issuer().instance() == instance.issuer()) {
      held.ifHeld(
          new HeldResolution.Acknowledge(opened.hold(), opened.validUntil()),
          new Answer(completion, instance.clock().nanoTime()),
          store);
    } else {
      store.run();
    }
  }

  /** Acknowledges what was stored among the dead letters. */
  private final class GivenUp implements Completion<Void> {
    private final UpstreamLease lease;
    private final String handle;
    private final Completion<Void> completion;

    GivenUp(UpstreamLease lease, String handle, Completion<Void> completion) {
      this.lease = lease;
      this.handle = handle;
      this.completion = completion;
    }

    @Override
    public void done(Void nothing) {
      instance.metrics().increment(Counter.DEAD_LETTERS);
      ack(lease, handle, completion);
    }

    @Override
    public void failed(GatewayException failure) {
      instance.metrics().increment(Counter.DEAD_LETTER_FAILURES);
      completion.failed(refused(failure));
    }
  }

  private void resolve(Loop loop, Handle handle, HeldResolution wanted, HolderEnd end) {
    if (handle.issuer().instance() == instance.issuer()) {
      held.resolve(wanted, end);
    } else {
      forwards.of(loop).forward(handle.issuer(), wanted, end);
    }
  }

  private Handle judge(SharedUpstream shared, String sealed) {
    Handle handle = Handle.open(instance.sealer(), sealed);
    if (handle.endpointHash() != shared.endpointHash()) {
      throw HandleFaults.unknown();
    }
    return handle;
  }

  private static boolean isHeld(Handle handle) {
    return handle.hold() != 0;
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

  /** What its user is told in the end. */
  private interface Told {
    void resolved(HeldOutcome outcome);

    void failed(GatewayException failure);
  }

  /** The end of what was asked of a delivery's holder. */
  private record HolderEnd(Told told, Consumer<GatewayException> gone)
      implements Completion<HeldOutcome> {
    @Override
    public void done(HeldOutcome outcome) {
      told.resolved(outcome);
    }

    @Override
    public void failed(GatewayException failure) {
      switch (failure.category()) {
        case UNAVAILABLE, NOT_FOUND, UNSUPPORTED -> gone.accept(failure);
        default -> told.failed(failure);
      }
    }
  }

  private static GatewayException unexpected(HeldOutcome outcome) {
    return GatewayException.internal("handle: its holder answers with " + outcome, null);
  }

  private final class Answer implements Completion<AckOutcome>, Told {
    private final Completion<Void> completion;
    private final long since;
    private Runnable onSuccess = () -> {};

    Answer(Completion<Void> completion, long since) {
      this.completion = completion;
      this.since = since;
    }

    /** Something to be done besides once it is acknowledged. */
    void onSuccess(Runnable task) {
      onSuccess = task;
    }

    @Override
    public void resolved(HeldOutcome outcome) {
      switch (outcome) {
        case HeldOutcome.Acknowledged _ -> done(AckOutcome.OK);
        case HeldOutcome.ComesAgain _ -> failed(unexpected(outcome));
        case HeldOutcome.Failed refused -> failed(refused.failure());
      }
    }

    @Override
    public void done(AckOutcome outcome) {
      switch (outcome) {
        case AckOutcome.Acknowledged _ -> {
          record(true);
          onSuccess.run();
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

  private final class Resealed implements Completion<NewHandle>, Told {
    private final Handle before;
    private final Completion<SealedHandle> completion;

    Resealed(Handle before, Completion<SealedHandle> completion) {
      this.before = before;
      this.completion = completion;
    }

    @Override
    public void resolved(HeldOutcome outcome) {
      switch (outcome) {
        case HeldOutcome.Acknowledged _ -> failed(unexpected(outcome));
        case HeldOutcome.ComesAgain again when again.hold() != 0 -> held(again);
        case HeldOutcome.ComesAgain again -> done(again.handle());
        case HeldOutcome.Failed refused -> failed(refused.failure());
      }
    }

    private void held(HeldOutcome.ComesAgain again) {
      NewHandle fresh = again.handle();
      reseal(
          fresh,
          new Handle(
              before.issuer(),
              again.hold(),
              fresh.visibleAgainAt(),
              before.endpointHash(),
              before.topic(),
              before.group(),
              fresh.handle(),
              true));
    }

    @Override
    public void done(NewHandle fresh) {
      reseal(
          fresh,
          Handle.unheld(
              instance.peers().self(),
              fresh.visibleAgainAt(),
              before.endpointHash(),
              before.topic(),
              before.group(),
              fresh.handle()));
    }

    private void reseal(NewHandle fresh, Handle handle) {
      completion.done(new SealedHandle(handle.seal(instance.sealer()), fresh.visibleAgainAt()));
    }

    @Override
    public void failed(GatewayException failure) {
      completion.failed(refused(failure));
    }
  }
}
