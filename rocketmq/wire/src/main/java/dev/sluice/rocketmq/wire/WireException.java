package dev.sluice.rocketmq.wire;

import org.jspecify.annotations.Nullable;

/**
 * Bytes or values that the RocketMQ protocol does not allow. The message names the offending value
 * and what was expected; it never contains a message body.
 */
public class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of fault it is, for a caller that treats them differently. */
  public enum Reason {
    /** Bytes that do not follow the protocol; a connection that brought them is lost. */
    MALFORMED,
    /** Something well-formed but larger, deeper or more than the configured limit. */
    LIMIT,
    /** A header field that is required is absent. */
    MISSING_FIELD,
    /** A value of the caller that cannot be written. */
    INVALID_ARGUMENT,
    /** The broker answered with a code that means no. */
    REFUSED
  }

  private final Reason reason;

  /** A fault with its text. */
  public WireException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** A fault with its text and what it came from. */
  public WireException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What kind of fault it is. */
  public final Reason reason() {
    return reason;
  }

  /** What was received breaks the protocol. */
  public static WireException malformed(String message) {
    return new WireException(Reason.MALFORMED, message);
  }

  /** What was received breaks the protocol. */
  public static WireException malformed(String message, Throwable cause) {
    return new WireException(Reason.MALFORMED, message, cause);
  }

  /** What was received is over a limit. */
  public static WireException limit(String message) {
    return new WireException(Reason.LIMIT, message);
  }

  /** What was to be sent cannot be. */
  public static WireException invalid(String message) {
    return new WireException(Reason.INVALID_ARGUMENT, message);
  }
}
