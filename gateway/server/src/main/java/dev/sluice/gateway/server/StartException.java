package dev.sluice.gateway.server;

/**
 * The gateway could not start, for a reason that its user can do something about; the message says
 * what.
 */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartException(String message) {
    super(message);
  }

  StartException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A port that cannot be listened on. */
  static StartException port(Setting setting, String address, int port, Throwable cause) {
    String reason = deepest(cause);
    String what =
        reason.contains("in use")
            ? setting + ": " + port + " is in use by another program at " + address
            : setting + ": " + port + " at " + address + " cannot be listened on: " + reason;
    return new StartException(
        what + " (expected: a free port; " + setting.flag() + " chooses another, 0 any free one)",
        cause);
  }

  static String deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }
}
