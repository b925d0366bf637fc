package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rates are of the recent past, and fall to nothing with it. */
class RatesTest {

  @Test
  void messagesInEachSecondAreThoseOfTheLastTen(Ledger ledger) {
    ManualLoops time = new ManualLoops(1);
    GatewayMetrics metrics = new GatewayMetrics();
    Rates rates = new Rates(metrics, new CallStatistics(), time.all().getFirst(), time, ledger);
    rates.start();
    assertThat(rates.messagesPerSecond()).isZero();

    for (int second = 0; second < 20; second++) {
      metrics.add(Counter.MESSAGES_SENT, 30);
      metrics.add(Counter.MESSAGES_RECEIVED, 20);
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(rates.messagesPerSecond()).isCloseTo(50, within(0.1));

    time.advance(Duration.ofSeconds(5));
    assertThat(rates.messagesPerSecond()).isBetween(20d, 30d);
    time.advance(Duration.ofSeconds(5));
    assertThat(rates.messagesPerSecond()).isZero();
    rates.stop();
  }
}
