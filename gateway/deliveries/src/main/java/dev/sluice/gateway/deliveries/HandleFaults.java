package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;

/** Why a handle is refused. */
final class HandleFaults {

  private HandleFaults() {}

  static GatewayException unknown() {
    return GatewayException.notFound(
        Subject.HANDLE, "unknown handle (expected: one that came with a delivery)");
  }

  static GatewayException expired() {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION,
        Subject.HANDLE,
        "expired handle: the message comes again, or was handled since (expected: one that is"
            + " still valid)");
  }

  /** The instance that renewed the handle, and alone knows what it is now, does not answer. */
  static GatewayException issuerGone() {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION,
        Subject.HANDLE,
        "handle of a gateway that does not answer: the message comes again, unless that gateway has"
            + " dealt with it (expected: one that is still valid, or its gateway in reach)");
  }

  /** Whether the message system does not know the handle, so that no repetition helps. */
  static boolean isVoid(GatewayException failure) {
    return switch (failure.category()) {
      case NOT_FOUND, INVALID_ARGUMENT, FAILED_PRECONDITION -> true;
      default -> false;
    };
  }
}
