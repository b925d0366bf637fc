package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Stands around each send of a producer: it may look at the messages, replace them, look at the
 * results, fail the call, or answer it without sending. Interceptors are called in the order in
 * which they were set; the first one is outermost, so it sees the call first and its end last.
 *
 * <p>Called on the thread of the caller; what follows the end of {@link Next#send} runs where the
 * application's callbacks run. What it throws fails the call.
 */
@FunctionalInterface
public interface SendInterceptor {

  /**
   * Passes the call on, mostly by {@code next.send(call)}.
   *
   * @return the results, in the order of the messages; none for a one-way call
   */
  CompletionStage<List<SendResult>> send(SendCall call, Next next);

  /** What comes behind: the next interceptor, or the broker. */
  @FunctionalInterface
  interface Next {
    /** Sends; fails with a {@link RocketMQException}. */
    CompletionStage<List<SendResult>> send(SendCall call);
  }
}
