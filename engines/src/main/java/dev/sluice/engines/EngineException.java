package dev.sluice.engines;

import java.io.Serial;

/** An engine could not be started. The message names the value at fault and what was expected. */
public final class EngineException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What stood in the way. */
  public enum Reason {
    /** A port that was asked for is taken. */
    PORT_IN_USE,
    /** The data directory is no directory, or cannot be written. */
    DATA_DIRECTORY,
    /** Another engine runs on the data directory. */
    LOCKED,
    /** The data directory's file system is too full. */
    DISK_SPACE,
    /** The engine's libraries are not there. */
    LIBRARIES,
    /** There is no Java that can run it. */
    JAVA,
    /** The process ended before it was ready. */
    ENDED_EARLY,
    /** It was not ready in time. */
    TIMEOUT,
    /** The calling thread was interrupted while it waited. */
    INTERRUPTED
  }

  private final Reason reason;

  EngineException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  EngineException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What stood in the way. */
  public Reason reason() {
    return reason;
  }
}
