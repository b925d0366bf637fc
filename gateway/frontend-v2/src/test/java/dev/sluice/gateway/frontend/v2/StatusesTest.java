package dev.sluice.gateway.frontend.v2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which code says what went wrong. */
class StatusesTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT,TOPIC,ILLEGAL_TOPIC",
    "INVALID_ARGUMENT,GROUP,ILLEGAL_CONSUMER_GROUP",
    "INVALID_ARGUMENT,BODY,MESSAGE_BODY_TOO_LARGE",
    "INVALID_ARGUMENT,MESSAGE,BAD_REQUEST",
    "INVALID_ARGUMENT,PROPERTIES,ILLEGAL_MESSAGE_PROPERTY_KEY",
    "INVALID_ARGUMENT,FILTER,ILLEGAL_FILTER_EXPRESSION",
    "INVALID_ARGUMENT,HANDLE,INVALID_RECEIPT_HANDLE",
    "INVALID_ARGUMENT,DELIVERY_TIME,ILLEGAL_DELIVERY_TIME",
    "INVALID_ARGUMENT,NONE,BAD_REQUEST",
    "FAILED_PRECONDITION,HANDLE,INVALID_RECEIPT_HANDLE",
    "FAILED_PRECONDITION,GROUP,PRECONDITION_FAILED",
    "NOT_FOUND,TOPIC,TOPIC_NOT_FOUND",
    "NOT_FOUND,GROUP,CONSUMER_GROUP_NOT_FOUND",
    "NOT_FOUND,HANDLE,INVALID_RECEIPT_HANDLE",
    "NOT_FOUND,MESSAGE,MESSAGE_NOT_FOUND",
    "NOT_FOUND,NONE,NOT_FOUND",
    "UNAUTHENTICATED,NONE,UNAUTHORIZED",
    "PERMISSION_DENIED,TOPIC,FORBIDDEN",
    "OVERLOADED,NONE,TOO_MANY_REQUESTS",
    "UNAVAILABLE,NONE,HA_NOT_AVAILABLE",
    "TIMEOUT,NONE,PROXY_TIMEOUT",
    "UNKNOWN_OUTCOME,MESSAGE,PROXY_TIMEOUT",
    "UNSUPPORTED,NONE,UNSUPPORTED",
    "CANCELLED,NONE,REQUEST_TIMEOUT",
    "INTERNAL,NONE,INTERNAL_SERVER_ERROR",
  })
  void everyFailureHasACodeAndKeepsItsText(ErrorCategory category, Subject subject, Code code) {
    Status status = Statuses.of(new GatewayException(category, subject, "what went wrong"));

    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getMessage()).isEqualTo("what went wrong");
  }

  @Test
  void aFaultOfOursIsToldWithoutItsText() {
    Status status = Statuses.of(new IllegalStateException("secret"));

    assertThat(status.getCode()).isEqualTo(Code.INTERNAL_SERVER_ERROR);
    assertThat(status.getMessage()).isEqualTo("internal error: java.lang.IllegalStateException");
  }

  @Test
  void severalResultsAreOneWhereTheyAgree() {
    Status bad = Statuses.of(Code.BAD_REQUEST, "bad");

    assertThat(Statuses.together(List.of(bad, bad))).isEqualTo(bad);
    assertThat(Statuses.together(List.of(Statuses.OK, bad)).getCode())
        .isEqualTo(Code.MULTIPLE_RESULTS);
  }
}
