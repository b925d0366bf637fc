package dev.sluice.rocketmq.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.RocketMQException;
import org.junit.jupiter.api.Test;

class InFlightTest {

  @Test
  void whatOutlivesItsProducerIsCountedUntilItEnds(Ledger ledger) {
    InFlight inFlight = new InFlight(2, ledger.tally("send", "producer"));
    inFlight.begin();
    inFlight.begin();
    inFlight.refuse();
    assertThatThrownBy(inFlight::begin).isInstanceOf(RocketMQException.class);

    inFlight.close();
    inFlight.end();

    assertThat(ledger.open("send")).isEqualTo(1);
    assertThat(ledger.leaks("send")).isZero();
    inFlight.end();
    assertThat(ledger.isEmpty()).isTrue();
    assertThat(ledger.leaks("send")).isZero();
  }
}
