package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.EventBusException;

/** A command failed for a reason that its user understands: printed without a stack trace. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CommandException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** A value of an option that cannot be: {@code name: value (expected: ...)}. */
  static CommandException invalid(String name, Object value, String expected) {
    return new CommandException(
        ExitCodes.USAGE, name + ": " + value + " (expected: " + expected + ')');
  }

  /** What a failure of the bus means to the user. */
  static CommandException of(EventBusException failure) {
    int code =
        switch (failure.category()) {
          case INVALID_ARGUMENT -> ExitCodes.USAGE;
          case UNAVAILABLE, TIMEOUT -> ExitCodes.UNAVAILABLE;
          case NOT_FOUND, UNAUTHENTICATED, OVERLOADED, UNKNOWN_OUTCOME, INTERNAL ->
              ExitCodes.FAILED;
        };
    return new CommandException(code, String.valueOf(failure.getMessage()));
  }

  int exitCode() {
    return exitCode;
  }

  /** The same, with what was done before. */
  CommandException after(String done) {
    return new CommandException(exitCode, getMessage() + "; " + done);
  }
}
