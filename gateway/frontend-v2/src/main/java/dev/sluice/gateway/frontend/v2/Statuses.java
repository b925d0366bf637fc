package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import java.util.List;

/** The one place where failures become the protocol's codes. */
final class Statuses {

  static final Status OK = of(Code.OK, "OK");

  private Statuses() {}

  static Status of(Code code, String message) {
    return Status.newBuilder().setCode(code).setMessage(message).build();
  }

  static Status of(Throwable failure) {
    return switch (failure) {
      case Refusal refusal -> of(refusal.code(), refusal.getMessage());
      case GatewayException known -> of(code(known), known.getMessage());
      default -> of(Code.INTERNAL_SERVER_ERROR, "internal error: " + failure.getClass().getName());
    };
  }

  /**
   * What stands for several: the common one, or that they differ.
   *
   * @param statuses at least one
   */
  static Status together(List<Status> statuses) {
    Status first = statuses.getFirst();
    for (Status status : statuses) {
      if (status.getCode() != first.getCode()) {
        return of(Code.MULTIPLE_RESULTS, "the results differ: see the entries");
      }
    }
    return first;
  }

  private static Code code(GatewayException failure) {
    return switch (failure.category()) {
      case INVALID_ARGUMENT -> invalid(failure.subject());
      case FAILED_PRECONDITION ->
          failure.subject() == Subject.HANDLE
              ? Code.INVALID_RECEIPT_HANDLE
              : Code.PRECONDITION_FAILED;
      case NOT_FOUND ->
          switch (failure.subject()) {
            case TOPIC -> Code.TOPIC_NOT_FOUND;
            case GROUP -> Code.CONSUMER_GROUP_NOT_FOUND;
            case HANDLE -> Code.INVALID_RECEIPT_HANDLE;
            case MESSAGE -> Code.MESSAGE_NOT_FOUND;
            case OFFSET -> Code.OFFSET_NOT_FOUND;
            case TRANSACTION -> Code.INVALID_TRANSACTION_ID;
            default -> Code.NOT_FOUND;
          };
      case UNAUTHENTICATED -> Code.UNAUTHORIZED;
      case PERMISSION_DENIED -> Code.FORBIDDEN;
      case OVERLOADED ->
          failure.subject() == Subject.LITE_SUBSCRIPTION
              ? Code.LITE_SUBSCRIPTION_QUOTA_EXCEEDED
              : Code.TOO_MANY_REQUESTS;
      case UNAVAILABLE -> Code.HA_NOT_AVAILABLE;
      case TIMEOUT, UNKNOWN_OUTCOME -> Code.PROXY_TIMEOUT;
      case UNSUPPORTED -> Code.UNSUPPORTED;
      case CANCELLED -> Code.REQUEST_TIMEOUT;
      case INTERNAL -> Code.INTERNAL_SERVER_ERROR;
    };
  }

  private static Code invalid(Subject subject) {
    return switch (subject) {
      case TOPIC -> Code.ILLEGAL_TOPIC;
      case GROUP -> Code.ILLEGAL_CONSUMER_GROUP;
      // An empty body is refused before it gets this far: what is left is one too large.
      case BODY -> Code.MESSAGE_BODY_TOO_LARGE;
      case PROPERTIES -> Code.ILLEGAL_MESSAGE_PROPERTY_KEY;
      case FILTER -> Code.ILLEGAL_FILTER_EXPRESSION;
      case HANDLE -> Code.INVALID_RECEIPT_HANDLE;
      case ENDPOINT -> Code.ILLEGAL_ACCESS_POINT;
      case CLIENT_ID -> Code.CLIENT_ID_REQUIRED;
      case DELIVERY_TIME -> Code.ILLEGAL_DELIVERY_TIME;
      case INVISIBLE_DURATION -> Code.ILLEGAL_INVISIBLE_TIME;
      case POLLING_TIME -> Code.ILLEGAL_POLLING_TIME;
      case TRANSACTION -> Code.INVALID_TRANSACTION_ID;
      case OFFSET -> Code.ILLEGAL_OFFSET;
      case LITE_TOPIC -> Code.ILLEGAL_LITE_TOPIC;
      case LITE_SUBSCRIPTION -> Code.LITE_SUBSCRIPTION_QUOTA_EXCEEDED;
      case NONE, QUEUE, MESSAGE, PRODUCER_ID, CONSUMER_ID -> Code.BAD_REQUEST;
    };
  }
}
