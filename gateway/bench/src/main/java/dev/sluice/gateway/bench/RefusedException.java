package dev.sluice.gateway.bench;

import dev.sluice.gateway.proto.proxy.FailureCode;

/** The gateway answered that it does not do what a run begins with. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;

  RefusedException(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  /** What kind of refusal it is. */
  public FailureCode code() {
    return code;
  }

  static void check(boolean success, FailureCode code, String message) throws RefusedException {
    if (!success) {
      throw new RefusedException(code, message);
    }
  }
}
