package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.runtime.Handlers;
import java.util.List;

/**
 * Calls the application's handler with the interceptors around it. What they throw is told to the
 * application's handler for that.
 */
final class HandlerCalls {
  private final BatchHandler handler;
  private final Handlers uncaught;

  /**
   * Calls of a handler.
   *
   * @param interceptors the first one outermost
   */
  HandlerCalls(BatchHandler handler, List<ConsumeInterceptor> interceptors, Handlers uncaught) {
    BatchHandler next = handler;
    for (ConsumeInterceptor each : interceptors.reversed()) {
      BatchHandler inner = next;
      next = messages -> each.consume(messages, inner::handle);
    }
    this.handler = next;
    this.uncaught = uncaught;
  }

  /** What became of the messages; to come again where the handler failed. */
  @SuppressWarnings("CatchingUnchecked") // Whatever it throws, the messages come again.
  ConsumeResult call(List<ReceivedMessage> messages) {
    try {
      ConsumeResult result = handler.handle(messages);
      // Handlers are not checked for null.
      return result == null ? ConsumeResult.retry() : result;
    } catch (InterruptedException e) {
      // It was given up, and has heard.
      return ConsumeResult.retry();
    } catch (Throwable e) {
      uncaught.uncaught(e);
      return ConsumeResult.retry();
    }
  }
}
