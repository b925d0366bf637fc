package dev.sluice.eventbus;

/** Thrown by a handler for what no further attempt will handle. */
public class PermanentFailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a reason, which goes with the dead letter. */
  public PermanentFailureException(String message) {
    super(message);
  }

  /** With a reason and a cause. */
  public PermanentFailureException(String message, Throwable cause) {
    super(message, cause);
  }
}
