package dev.sluice.gateway.spi;

/** What kind of failure: decides the status that a caller sees, in one place per frontend. */
public enum ErrorCategory {
  /** The request is wrong and will stay wrong. */
  INVALID_ARGUMENT,
  /** What the request names does not exist, or no longer does. */
  NOT_FOUND,
  /** The credentials or tokens do not prove who the caller is. */
  UNAUTHENTICATED,
  /** The caller is known and may not do this. */
  PERMISSION_DENIED,
  /** The state of things forbids it now: a differing subscription, a wrong version. */
  FAILED_PRECONDITION,
  /** A limit is reached; nothing was done; trying later helps. */
  OVERLOADED,
  /** The message system cannot be reached; nothing was done. */
  UNAVAILABLE,
  /** No answer in time; nothing that changes anything was asked. */
  TIMEOUT,
  /** It may or may not have happened; asking again may make it happen twice. */
  UNKNOWN_OUTCOME,
  /** The message system, or this gateway's configuration, has no such ability. */
  UNSUPPORTED,
  /** The caller gave it up. */
  CANCELLED,
  /** A fault of ours. */
  INTERNAL
}
