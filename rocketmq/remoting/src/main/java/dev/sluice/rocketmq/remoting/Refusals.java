package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.ResponseCode;
import org.jspecify.annotations.Nullable;

/** Says what kind of failure a refusing answer is. */
final class Refusals {
  /** A broker that shuts down answers so to what it has not begun. */
  private static final int GO_AWAY = 1500;

  private static final int FLOW_CONTROL = 215;
  private static final int NOT_LEADER_FOR_QUEUE = 501;
  private static final int ILLEGAL_OPERATION = 604;
  private static final int USER_NOT_EXIST = 3001;
  private static final int POLICY_NOT_EXIST = 3002;

  private Refusals() {}

  static ClientException of(Endpoint endpoint, RefusedException refused) {
    return new ClientException(
        categoryOf(refused.responseCode(), refused.remark()),
        refused.responseCode(),
        endpoint,
        endpoint + " refused " + refused.getMessage() + hint(refused.responseCode()),
        null);
  }

  private static String hint(int code) {
    return code == ResponseCode.REQUEST_CODE_NOT_SUPPORTED
        ? " (expected: a later version of RocketMQ there; 4.x has no pop, recall and lite topics)"
        : "";
  }

  static FailureCategory categoryOf(int code, @Nullable String remark) {
    return switch (code) {
      case ResponseCode.SYSTEM_BUSY, ResponseCode.POLLING_FULL, FLOW_CONTROL ->
          FailureCategory.OVERLOADED;
      case ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
          ResponseCode.MESSAGE_ILLEGAL,
          ResponseCode.VERSION_NOT_SUPPORTED,
          ResponseCode.SUBSCRIPTION_PARSE_FAILED,
          ResponseCode.INVALID_PARAMETER,
          ILLEGAL_OPERATION ->
          FailureCategory.INVALID_ARGUMENT;
      case ResponseCode.SERVICE_NOT_AVAILABLE, GO_AWAY, NOT_LEADER_FOR_QUEUE ->
          FailureCategory.UNAVAILABLE;
      case ResponseCode.NO_PERMISSION, USER_NOT_EXIST, POLICY_NOT_EXIST ->
          FailureCategory.UNAUTHENTICATED;
      case ResponseCode.TOPIC_NOT_EXIST,
          ResponseCode.QUERY_NOT_FOUND,
          ResponseCode.SUBSCRIPTION_NOT_EXIST,
          ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST,
          ResponseCode.NO_MESSAGE ->
          FailureCategory.NOT_FOUND;
      case ResponseCode.POLLING_TIMEOUT -> FailureCategory.TIMEOUT;
      default ->
          // 4.x brokers answer a plain system error to callers that they do not know.
          remark != null && remark.contains("AclException")
              ? FailureCategory.UNAUTHENTICATED
              : FailureCategory.INTERNAL;
    };
  }
}
