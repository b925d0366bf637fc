package dev.sluice.rocketmq.runtime;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.Reply;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Waits for calls; for virtual threads, never for an event loop. */
public final class Calls {
  /** Every call has a timeout of its own, which comes first. */
  private static final long AT_LAST_SECONDS = 120;

  private Calls() {}

  /** Waits for what does not fail. */
  public static void join(Future<?> done) throws InterruptedException {
    try {
      done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Makes a call and waits for its answer.
   *
   * @throws RocketMQException the call's failure
   */
  public static <T> T await(Consumer<Reply<T>> call) throws InterruptedException {
    try {
      return FutureReply.of(call).get(AT_LAST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw RocketMQException.from(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw RocketMQException.of(
          RocketMQException.Category.TIMEOUT, "no answer in " + AT_LAST_SECONDS + " s", e);
    }
  }
}
