package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.wire.ResponseCode;

/** Says to a gateway's caller what the RocketMQ client's failures mean. */
final class Failures {

  /** What brokers say of a half message that they do not have; they have no code for it. */
  private static final String HALF_MESSAGE_GONE = "Find prepared transaction message failed";

  private Failures() {}

  /** The failure of a call that is about a topic and not about a group. */
  static GatewayException of(ClientException failure, String topic) {
    return of(failure, topic, "");
  }

  /** The failure of a call that is about a topic and a group. */
  static GatewayException of(ClientException failure, String topic, String group) {
    return switch (failure.code()) {
      case ResponseCode.TOPIC_NOT_EXIST -> topicMissing(topic, failure);
      case ResponseCode.SUBSCRIPTION_GROUP_NOT_EXIST -> groupMissing(group, failure);
      case ResponseCode.SUBSCRIPTION_PARSE_FAILED ->
          refused(failure, ErrorCategory.INVALID_ARGUMENT, Subject.FILTER);
      case ResponseCode.NO_MESSAGE -> refused(failure, ErrorCategory.NOT_FOUND, Subject.HANDLE);
      case ResponseCode.NO_PERMISSION ->
          refused(failure, ErrorCategory.PERMISSION_DENIED, Subject.TOPIC);
      default ->
          failure.category() == FailureCategory.NOT_FOUND
              ? topicMissing(topic, failure)
              : refused(failure, categoryOf(failure.category()), Subject.NONE);
    };
  }

  /**
   * The failure of a send. What cannot be told to have left everything as it was is an unknown
   * outcome: a broker says "system error" of much, also of what it does after storing.
   */
  static GatewayException ofSend(ClientException failure, String topic, boolean delayed) {
    if (failure.category() == FailureCategory.INTERNAL) {
      return refused(failure, ErrorCategory.UNKNOWN_OUTCOME, Subject.MESSAGE);
    }
    if (failure.category() == FailureCategory.INVALID_ARGUMENT) {
      return refused(
          failure,
          ErrorCategory.INVALID_ARGUMENT,
          delayed ? Subject.DELIVERY_TIME : Subject.MESSAGE);
    }
    return of(failure, topic);
  }

  /** The failure of ending a transaction; what is not certain is an unknown outcome. */
  static GatewayException ofEnd(ClientException failure, String topic) {
    if (failure.code() == ResponseCode.SYSTEM_ERROR
        && String.valueOf(failure.getMessage()).contains(HALF_MESSAGE_GONE)) {
      return new GatewayException(
          ErrorCategory.NOT_FOUND,
          Subject.TRANSACTION,
          "transaction: its message is not stored any more (expected: one younger than the"
              + " broker's retention)",
          failure);
    }
    return switch (failure.category()) {
      case INTERNAL ->
          failure.code() == ResponseCode.SLAVE_NOT_AVAILABLE
              ? refused(failure, ErrorCategory.UNAVAILABLE, Subject.NONE)
              : refused(failure, ErrorCategory.UNKNOWN_OUTCOME, Subject.TRANSACTION);
      case INVALID_ARGUMENT ->
          refused(failure, ErrorCategory.FAILED_PRECONDITION, Subject.TRANSACTION);
      default -> of(failure, topic);
    };
  }

  /** The failure of finding out what a cluster can do. */
  static GatewayException ofStart(ClientException failure, String endpoint) {
    ErrorCategory category =
        switch (failure.category()) {
          case UNAUTHENTICATED -> ErrorCategory.UNAUTHENTICATED;
          case OVERLOADED -> ErrorCategory.OVERLOADED;
          default -> ErrorCategory.UNAVAILABLE;
        };
    return new GatewayException(
        category,
        Subject.ENDPOINT,
        "upstream: " + endpoint + " (expected: a RocketMQ name server): " + failure.getMessage(),
        failure);
  }

  /** The failure of reading the files of TLS; nothing was opened. */
  static GatewayException ofFiles(IllegalArgumentException failure, String endpoint) {
    return new GatewayException(
        ErrorCategory.FAILED_PRECONDITION,
        Subject.ENDPOINT,
        "upstream: " + endpoint + " with TLS: " + failure.getMessage(),
        failure);
  }

  static GatewayException topicMissing(String topic, ClientException cause) {
    return new GatewayException(
        ErrorCategory.NOT_FOUND,
        Subject.TOPIC,
        "topic: '"
            + topic
            + "' does not exist (expected: an existing topic;"
            + " `sluice topic create "
            + topic
            + "` makes it)",
        cause);
  }

  static GatewayException groupMissing(String group, ClientException cause) {
    return new GatewayException(
        ErrorCategory.NOT_FOUND,
        Subject.GROUP,
        "group: '"
            + group
            + "' does not exist and the broker creates none"
            + " (expected: an existing group, or autoCreateSubscriptionGroup=true there)",
        cause);
  }

  private static GatewayException refused(
      ClientException failure, ErrorCategory category, Subject subject) {
    return new GatewayException(category, subject, String.valueOf(failure.getMessage()), failure);
  }

  private static ErrorCategory categoryOf(FailureCategory category) {
    return switch (category) {
      case INVALID_ARGUMENT -> ErrorCategory.INVALID_ARGUMENT;
      case NOT_FOUND -> ErrorCategory.NOT_FOUND;
      case UNAUTHENTICATED -> ErrorCategory.UNAUTHENTICATED;
      case OVERLOADED -> ErrorCategory.OVERLOADED;
      case UNAVAILABLE -> ErrorCategory.UNAVAILABLE;
      case TIMEOUT -> ErrorCategory.TIMEOUT;
      case UNKNOWN_OUTCOME -> ErrorCategory.UNKNOWN_OUTCOME;
      case INTERNAL -> ErrorCategory.INTERNAL;
    };
  }
}
