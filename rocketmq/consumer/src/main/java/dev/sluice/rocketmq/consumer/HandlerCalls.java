package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.runtime.Handlers;
import java.util.List;

/** Calls the application's handler. What it throws is told to its handler for that. */
final class HandlerCalls {
  private final BatchHandler handler;
  private final Handlers uncaught;

  HandlerCalls(BatchHandler handler, Handlers uncaught) {
    this.handler = handler;
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
