package dev.sluice.gateway.spi;

/** What became of one acknowledgement. */
public sealed interface AckOutcome {

  /** Acknowledged: it does not come again. */
  AckOutcome OK = new Acknowledged();

  /** Acknowledged: it does not come again. */
  record Acknowledged() implements AckOutcome {}

  /**
   * Not acknowledged: it comes again.
   *
   * @param failure why
   */
  record Failed(GatewayException failure) implements AckOutcome {}
}
