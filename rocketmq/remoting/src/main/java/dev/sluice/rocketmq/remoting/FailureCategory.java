package dev.sluice.rocketmq.remoting;

/** What kind of failure a {@link ClientException} tells of; callers decide by this alone. */
public enum FailureCategory {
  /** The request itself is at fault; sending it again fails again. */
  INVALID_ARGUMENT,
  /** The topic, group, queue or offset does not exist. */
  NOT_FOUND,
  /** The broker does not know the caller, or does not allow it this. */
  UNAUTHENTICATED,
  /** A bound of this client or of the broker is reached; nothing was done, try again later. */
  OVERLOADED,
  /** Nothing reached the broker: no connection, no route, closed. Nothing was done. */
  UNAVAILABLE,
  /** No answer in time to a request that changes nothing, or that was never written. */
  TIMEOUT,
  /** The request may have reached the broker, but its answer never came: done or not done. */
  UNKNOWN_OUTCOME,
  /** The peer broke the protocol, or failed inside; nothing can be said about what was done. */
  INTERNAL
}
