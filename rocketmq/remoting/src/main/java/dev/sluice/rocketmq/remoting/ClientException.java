package dev.sluice.rocketmq.remoting;

import org.jspecify.annotations.Nullable;

/**
 * The one way in which a call fails. Carries the category, the broker's answer code where there was
 * one, and the address that it concerns.
 *
 * <p>Has no stack trace, as it is made on event loops at the rate of the failing calls and its
 * origin is always the client itself; a failure below it is its cause.
 */
public final class ClientException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@link #code()} of a failure that is not a broker's answer. */
  public static final int NO_CODE = Integer.MIN_VALUE;

  private final FailureCategory category;
  private final int code;
  private final @Nullable Endpoint endpoint;

  ClientException(
      FailureCategory category,
      int code,
      @Nullable Endpoint endpoint,
      String message,
      @Nullable Throwable cause) {
    super(message, cause, true, false);
    this.category = category;
    this.code = code;
    this.endpoint = endpoint;
  }

  /** A failure found by the caller's own checks or by those of a layer above the client. */
  public static ClientException of(FailureCategory category, String message) {
    return new ClientException(category, NO_CODE, null, message, null);
  }

  static ClientException at(Endpoint endpoint, FailureCategory category, String message) {
    return new ClientException(category, NO_CODE, endpoint, message, null);
  }

  static ClientException at(
      Endpoint endpoint, FailureCategory category, String message, @Nullable Throwable cause) {
    return new ClientException(category, NO_CODE, endpoint, message, cause);
  }

  /** What kind of failure it is. */
  public FailureCategory category() {
    return category;
  }

  /** The broker's response code, or {@link #NO_CODE} where no broker answered. */
  public int code() {
    return code;
  }

  /** The address that failed or refused, where one was involved. */
  public @Nullable Endpoint endpoint() {
    return endpoint;
  }
}
