package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.HeldOutcome;
import dev.sluice.gateway.upstreams.Instance;
import java.time.Duration;

/**
 * Changes when a loop's deliveries come again, one change of each at a time, after which it has
 * another handle: renewals, what is handed back, and what users ask for. Only touched on its loop.
 */
final class HandleChanges {

  private final Instance instance;
  private final HoldLoop holds;

  HandleChanges(Instance instance, HoldLoop holds) {
    this.instance = instance;
    this.holds = holds;
  }

  /** Hides it for longer, not much beyond the end of its hold. */
  void renew(Held held, long now) {
    Duration left = Duration.ofNanos(held.holdEndNanos - now).plusSeconds(1);
    Duration invisible = instance.settings().receive().invisible();
    instance.metrics().increment(Counter.RENEWALS);
    change(held, left.compareTo(invisible) < 0 ? left : invisible, () -> {});
  }

  /** Has it come again at once. */
  void handBack(Held held, Runnable ended) {
    instance.metrics().increment(Counter.HANDED_BACK);
    change(held, Duration.ZERO, ended);
  }

  /** Changes when it comes again; what waited for that goes on afterwards. */
  private void change(Held held, Duration invisible, Runnable ended) {
    call(
        held,
        invisible,
        new Completion<NewHandle>() {
          @Override
          public void done(NewHandle fresh) {
            take(held, fresh);
            ended.run();
            holds.proceed(held, false);
          }

          @Override
          public void failed(GatewayException failure) {
            held.changing = false;
            ended.run();
            if (HandleFaults.isVoid(failure)) {
              holds.over(held);
            } else {
              holds.proceed(held, true);
            }
          }
        });
  }

  /** Sets when it comes again on its user's behalf, which ends its hold. */
  void comeAgain(Held held, Duration invisible, Completion<HeldOutcome> completion) {
    call(
        held,
        invisible,
        new Completion<NewHandle>() {
          @Override
          public void done(NewHandle fresh) {
            take(held, fresh);
            completion.done(new HeldOutcome.ComesAgain(fresh, holds.passOn(held)));
          }

          @Override
          public void failed(GatewayException failure) {
            held.changing = false;
            if (HandleFaults.isVoid(failure)) {
              holds.over(held);
              completion.done(new HeldOutcome.Failed(HandleFaults.expired()));
            } else {
              holds.proceed(held, true);
              completion.done(new HeldOutcome.Failed(failure));
            }
          }
        });
  }

  private static void call(Held held, Duration invisible, Completion<NewHandle> completion) {
    held.changing = true;
    held.shared.call(
        (upstream, done) ->
            upstream.changeInvisible(held.topic, held.group, held.handle, invisible, done),
        completion);
  }

  private void take(Held held, NewHandle fresh) {
    held.changing = false;
    held.handle = fresh.handle();
    held.visibleAgainNanos = holds.nanosOf(fresh.visibleAgainAt(), instance.clock().nanoTime());
  }
}
