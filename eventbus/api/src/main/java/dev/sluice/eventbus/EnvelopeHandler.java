package dev.sluice.eventbus;

/** {@link MessageHandler} for envelopes. */
@FunctionalInterface
public interface EnvelopeHandler {

  /**
   * Handles an envelope.
   *
   * @param message that it came in: where it is, its headers, its attempt
   */
  void handle(Envelope envelope, InboundMessage message) throws Exception;
}
