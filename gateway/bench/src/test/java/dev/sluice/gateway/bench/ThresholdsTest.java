package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdsTest {

  @Test
  void whatIsNotSetIsNotJudged() {
    assertThat(judge(null, null, null, Results.delivered())).isEmpty();
  }

  @ParameterizedTest
  // The histogram is exact to a thousandth.
  @CsvSource({"991, true", "989, false"})
  void theLatencyThatNinetyNinePercentAreNotAboveIsJudged(long millis, boolean met) {
    assertThat(judge(Duration.ofMillis(millis), null, null, Results.sent()))
        .singleElement()
        .satisfies(
            verdict -> {
              assertThat(verdict.name()).isEqualTo("p99");
              assertThat(verdict.limit()).isEqualTo("at most " + millis + " ms");
              assertThat(verdict.measured()).startsWith("990.");
              assertThat(verdict.met()).isEqualTo(met);
            });
  }

  @Test
  void whereMessagesAreReceivedTheDeliveryIsWhatIsJudged() {
    assertThat(judge(Duration.ofMillis(1_500), null, null, Results.delivered()))
        .singleElement()
        .satisfies(verdict -> assertThat(verdict.measured()).startsWith("1,99"))
        .extracting(Verdict::met)
        .isEqualTo(false);
  }

  @ParameterizedTest
  @CsvSource({"500, true", "500.1, false"})
  void theRateIsJudged(double least, boolean met) {
    assertThat(judge(null, least, null, Results.sent()))
        .containsExactly(
            new Verdict("rate", "at least " + Numbers.plain(least) + "/s", "500/s", met));
  }

  @ParameterizedTest
  @CsvSource({"3, 3, true", "2, 3, false", "0.3%, 0.2991%, true", "0.29%, 0.2991%, false"})
  void whatFailedIsJudgedAsANumberOrAShare(String most, String measured, boolean met) {
    assertThat(judge(null, null, ErrorLimit.read(most), Results.delivered()))
        .containsExactly(new Verdict("errors", "at most " + most, measured, met));
  }

  @Test
  void whereNothingWasMeasuredNothingIsMet() {
    assertThat(
            judge(Duration.ofHours(1), 0.1, new ErrorLimit(100, true), Results.nothing()).stream()
                .map(Verdict::met))
        .containsExactly(false, false, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "x", "1.5", "101%", "-1%", "%", "1e3", "0.1234567%"})
  void whatIsNoLimitOfErrorsIsNotRead(String text) {
    assertThat(ErrorLimit.read(text)).isNull();
  }

  private static List<Verdict> judge(
      @Nullable Duration p99,
      @Nullable Double perSecond,
      @Nullable ErrorLimit errors,
      Result result) {
    return new Thresholds(
            Optional.ofNullable(p99),
            perSecond == null ? OptionalDouble.empty() : OptionalDouble.of(perSecond),
            Optional.ofNullable(errors))
        .judge(result);
  }
}
