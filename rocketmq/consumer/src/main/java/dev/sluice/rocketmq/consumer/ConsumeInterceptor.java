package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import java.util.List;

/**
 * Stands around each call of a consumer's handler: it may look at the messages, hand on others in
 * their place, look at the result or give another, or answer without the handler. Interceptors are
 * called in the order in which they were set; the first one is outermost, so it sees the messages
 * first and the result last.
 *
 * <p>Called on the handler's virtual thread, and may wait as that may; its time counts as the
 * handler's. What it throws is as if the handler threw it: the messages come again, and the
 * application's handler for uncaught exceptions is told.
 */
@FunctionalInterface
public interface ConsumeInterceptor {

  /**
   * Passes the call on, mostly by {@code next.consume(messages)}.
   *
   * @param messages of one queue; as many as a call of the handler takes
   * @return what becomes of the messages that came in, whichever were handed on
   */
  ConsumeResult consume(List<ReceivedMessage> messages, Next next) throws Exception;

  /** What comes behind: the next interceptor, or the handler. */
  @FunctionalInterface
  interface Next {
    /** Consumes; throws what the handler does. */
    ConsumeResult consume(List<ReceivedMessage> messages) throws Exception;
  }
}
