package dev.sluice.eventbus;

/** Consumes messages, on virtual threads; may block. */
@FunctionalInterface
public interface MessageHandler {

  /**
   * Handles a message. Returning resolves it. An exception has it come again as the failure policy
   * says; {@link PermanentFailureException} goes without further attempts. When the attempt's time
   * is over, or the subscription is cancelled, the thread is interrupted.
   */
  void handle(InboundMessage message) throws Exception;
}
