package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** What callers see of each category of failure: the one place that decides it. */
final class Failures {

  private Failures() {}

  /**
   * Whether a unary call ends with a gRPC status rather than with an answer. SDKs expect a status
   * for an id that does not open and for faults that are not theirs or the message system's.
   */
  static boolean endsCall(GatewayException failure) {
    return switch (failure.category()) {
      case NOT_FOUND ->
          failure.subject() == Subject.PRODUCER_ID || failure.subject() == Subject.CONSUMER_ID;
      case CANCELLED, INTERNAL -> true;
      case INVALID_ARGUMENT,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          OVERLOADED,
          UNAVAILABLE,
          TIMEOUT,
          UNKNOWN_OUTCOME,
          UNSUPPORTED ->
          false;
    };
  }

  /** The code of an answer with {@code success = false}. */
  static FailureCode code(ErrorCategory category) {
    return switch (category) {
      case INVALID_ARGUMENT -> FailureCode.INVALID_ARGUMENT;
      case NOT_FOUND -> FailureCode.NOT_FOUND;
      case UNAUTHENTICATED -> FailureCode.UNAUTHENTICATED;
      case PERMISSION_DENIED -> FailureCode.PERMISSION_DENIED;
      case FAILED_PRECONDITION -> FailureCode.FAILED_PRECONDITION;
      case OVERLOADED -> FailureCode.OVERLOADED;
      case UNAVAILABLE -> FailureCode.UNAVAILABLE;
      case TIMEOUT -> FailureCode.TIMED_OUT;
      case UNKNOWN_OUTCOME -> FailureCode.UNKNOWN_OUTCOME;
      case UNSUPPORTED -> FailureCode.UNSUPPORTED;
      case CANCELLED, INTERNAL ->
          throw new IllegalArgumentException(category + " has no code: it ends the call");
    };
  }

  /**
   * The code of one entry of a batch, which has no status of its own. What ends a call elsewhere
   * may have happened or not.
   */
  static FailureCode entryCode(GatewayException failure) {
    return switch (failure.category()) {
      case CANCELLED, INTERNAL -> FailureCode.UNKNOWN_OUTCOME;
      default -> code(failure.category());
    };
  }

  /** The status that a stream, or a call of {@link #endsCall}, ends with. */
  static StatusRuntimeException status(GatewayException failure) {
    Status status =
        switch (failure.category()) {
          case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
          case NOT_FOUND -> Status.NOT_FOUND;
          case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
          case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
          case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
          case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
          case UNAVAILABLE -> Status.UNAVAILABLE;
          case TIMEOUT -> Status.DEADLINE_EXCEEDED;
          case UNKNOWN_OUTCOME -> Status.UNKNOWN;
          case UNSUPPORTED -> Status.UNIMPLEMENTED;
          case CANCELLED -> Status.CANCELLED;
          case INTERNAL -> Status.INTERNAL;
        };
    return status.withDescription(failure.getMessage()).asRuntimeException();
  }
}
