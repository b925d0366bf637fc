package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.testkit.FakeClock;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How times become delay levels. */
class ClassicSendsTest {
  private final FakeClock clock = FakeClock.create();
  private final BrokerRelease release = new BrokerRelease(4, "4.9.7");

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1000, 1",
    "1400, 1",
    "4000, 2",
    "5000, 2",
    "5500, 2",
    "9950, 3",
    "10050, 3",
    "7199999, 18",
    "7200500, 18"
  })
  void aTimeThatALevelMeetsToTheSecondIsThatLevel(long millis, int level) {
    ClassicSends.Fitted fitted = fit(false, millis);

    assertThat(fitted.message().schedule()).isEqualTo(new Schedule.Level(level));
    assertThat(fitted.moved()).isNull();
  }

  @Test
  void aTimeThatIsPastIsNow() {
    assertThat(fit(false, 0).message().schedule()).isEqualTo(Schedule.NOW);
    assertThat(fit(false, -1).message().schedule()).isEqualTo(Schedule.NOW);
  }

  @ParameterizedTest
  @ValueSource(longs = {1_501, 3_999, 5_501, 8_999, 7_200_501})
  void aTimeThatIsFurtherOffIsNone(long millis) {
    assertThat(refusal(false, millis).subject()).isEqualTo(Subject.DELIVERY_TIME);
  }

  @Test
  void anotherTimeIsRefusedWithTheLevels() {
    GatewayException refused = refusal(false, 21_000);

    assertThat(refused.category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
    assertThat(refused.subject()).isEqualTo(Subject.DELIVERY_TIME);
    assertThat(refused)
        .hasMessage(
            "delivery time: in 21000 ms, which RocketMQ 4.9.7 does not keep: its delay levels are"
                + " 1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h (expected: one of"
                + " them, or INEXACT_DELAY=round-up at the gateway for the next one)");
  }

  @Test
  void anotherTimeIsRoundedUpAndSaysSo() {
    ClassicSends.Fitted fitted = fit(true, 21_000);

    assertThat(fitted.message().schedule()).isEqualTo(new Schedule.Level(4));
    assertThat(Objects.requireNonNull(fitted.moved()).to())
        .isEqualTo(clock.currentTimeMillis() + 30_000);
    assertThat(Objects.requireNonNull(fitted.moved()).why())
        .isEqualTo(
            "delivered after 30 s, by delay level 4, instead of 21000 ms: RocketMQ 4.9.7 keeps no"
                + " other times");
  }

  @Test
  void whatIsLaterThanTheLongestLevelIsAlwaysRefused() {
    assertThat(refusal(true, Duration.ofHours(3).toMillis()))
        .hasMessageContaining("(expected: at most the longest)");
  }

  @Test
  void theLevelsAreThoseOfTheBroker() {
    DelayLevels own = DelayLevels.parse(" 2s  1d ");

    assertThat(own.delays()).containsExactly(Duration.ofSeconds(2), Duration.ofDays(1));
    assertThat(own.atLeast(Duration.ofSeconds(3))).isEqualTo(2);
    assertThat(own.retries()).containsExactly(Duration.ofDays(1));
    assertThat(DelayLevels.parse("")).isEqualTo(DelayLevels.USUAL);
    assertThat(DelayLevels.parse("soon")).isEqualTo(DelayLevels.USUAL);
    assertThat(DelayLevels.USUAL.retries()).hasSize(16).startsWith(Duration.ofSeconds(10));
  }

  private ClassicSends.Fitted fit(boolean roundsUp, long millis) {
    var at = new Schedule.At(clock.currentTimeMillis() + millis);
    return new ClassicSends(release, DelayLevels.USUAL, roundsUp, clock)
        .fit(Messages.scheduled("t", "x", at));
  }

  private GatewayException refusal(boolean roundsUp, long millis) {
    return catchThrowableOfType(GatewayException.class, () -> fit(roundsUp, millis));
  }
}
