package dev.sluice.rocketmq.remoting;

/** What became of one acknowledgement. */
public enum AckStatus {
  /** Accepted; which a broker also says of handles that are void, expired or invented. */
  OK,
  /** The offset that the handle names is not in the queue (any more). */
  NO_MESSAGE,
  /** Not accepted; the message comes again when its invisible time ends. */
  FAILED
}
