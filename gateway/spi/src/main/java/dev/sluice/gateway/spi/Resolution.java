package dev.sluice.gateway.spi;

/** What becomes of a transaction's message. */
public enum Resolution {
  /** It is delivered. */
  COMMIT,
  /** It is dropped. */
  ROLLBACK,
  /** Not known yet: the message system asks again. */
  UNKNOWN
}
