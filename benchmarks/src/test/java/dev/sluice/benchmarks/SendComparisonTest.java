package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The short form of the comparison: that it measures something, not what. */
class SendComparisonTest {

  @ParameterizedTest
  @ValueSource(strings = {"v2", "proxy"})
  void sendsThroughAStartedGatewayAndCountsNoFailure(String service) {
    var comparison = new SendComparison();

    int exit =
        new CommandLine(comparison)
            .execute(
                "--upstream=" + SharedEngine.rocketmq5().nameServerAddress(),
                "--root=" + System.getProperty("sluice.root"),
                "--service=" + service,
                "--peers=SLUICE",
                "--in-flight=10",
                "--rounds=1",
                "--warm-up=1",
                "--measure=1");

    assertThat(exit).isZero();
    assertThat(comparison.measured())
        .singleElement()
        .satisfies(
            result -> {
              assertThat(result.failed()).as(result.firstFailure()).isZero();
              assertThat(result.perSecond()).isPositive();
              assertThat(result.cpuMicrosPerMessage()).isPositive();
            });
  }
}
