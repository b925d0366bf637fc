package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import io.grpc.Status;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every category of failure has one place in answers and one among gRPC's statuses. */
class FailuresTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, NONE, false",
    "NOT_FOUND, TOPIC, false",
    "NOT_FOUND, HANDLE, false",
    "NOT_FOUND, PRODUCER_ID, true",
    "NOT_FOUND, CONSUMER_ID, true",
    "UNAUTHENTICATED, NONE, false",
    "PERMISSION_DENIED, ENDPOINT, false",
    "FAILED_PRECONDITION, HANDLE, false",
    "OVERLOADED, NONE, false",
    "UNAVAILABLE, NONE, false",
    "TIMEOUT, NONE, false",
    "UNKNOWN_OUTCOME, NONE, false",
    "UNSUPPORTED, NONE, false",
    "CANCELLED, NONE, true",
    "INTERNAL, NONE, true",
  })
  void onlyUnknownIdsAndFaultsOfOursEndACallWithAStatus(
      ErrorCategory category, Subject subject, boolean ends) {
    assertThat(Failures.endsCall(new GatewayException(category, subject, "x"))).isEqualTo(ends);
  }

  @ParameterizedTest
  @EnumSource
  void everyCategoryHasAStatusThatIsNotOkAndKeepsTheText(ErrorCategory category) {
    var failure = new GatewayException(category, Subject.NONE, "topic: \"t\" (expected: another)");

    Status status = Failures.status(failure).getStatus();

    assertThat(status.isOk()).isFalse();
    assertThat(status.getDescription()).isEqualTo("topic: \"t\" (expected: another)");
  }

  @Test
  void anUnknownOutcomeNeverLooksLikeSomethingToTryAgain() {
    var failure = new GatewayException(ErrorCategory.UNKNOWN_OUTCOME, Subject.NONE, "x");

    assertThat(Failures.status(failure).getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(Failures.code(ErrorCategory.UNKNOWN_OUTCOME)).isEqualTo(FailureCode.UNKNOWN_OUTCOME);
  }

  @Test
  void everyCategoryThatIsAnAnswerHasACodeOfItsOwn() {
    Set<FailureCode> codes = new HashSet<>();

    for (ErrorCategory category : ErrorCategory.values()) {
      if (!Failures.endsCall(new GatewayException(category, Subject.NONE, "x"))) {
        assertThat(codes.add(Failures.code(category))).as(category.name()).isTrue();
      }
    }

    assertThat(codes).hasSize(10).doesNotContain(FailureCode.OK, FailureCode.UNRECOGNIZED);
  }
}
