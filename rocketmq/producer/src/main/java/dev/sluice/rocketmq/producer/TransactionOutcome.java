package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.requests.EndTransaction.Resolution;

/** What becomes of a transaction's message. */
public enum TransactionOutcome {
  /** It is delivered. */
  COMMIT(Resolution.COMMIT),
  /** It is dropped. */
  ROLLBACK(Resolution.ROLLBACK),
  /** Not known yet: the broker asks, again and again, 15 times unless it is set otherwise. */
  UNKNOWN(Resolution.UNKNOWN);

  private final Resolution resolution;

  TransactionOutcome(Resolution resolution) {
    this.resolution = resolution;
  }

  Resolution resolution() {
    return resolution;
  }
}
