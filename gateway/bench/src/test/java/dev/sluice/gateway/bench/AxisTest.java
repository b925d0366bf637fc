package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {

  @ParameterizedTest
  @CsvSource({"1, 1, 0.2", "7, 8, 2", "10, 10, 2", "10.1, 12.5, 2.5", "43210, 50000, 10000"})
  void itEndsAtARoundNumberThatIsNotBelowTheGreatest(double greatest, double end, double step) {
    Axis axis = Axis.upTo(greatest, 5);

    assertThat(axis.end()).isCloseTo(end, within(1e-9));
    assertThat(axis.step()).isCloseTo(step, within(1e-9));
    assertThat(axis.marks()).startsWith(0.0).hasSize((int) Math.round(end / step) + 1);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1"})
  void thereIsOneForNothingToo(double greatest) {
    assertThat(Axis.upTo(greatest, 5).end()).isEqualTo(1);
  }
}
