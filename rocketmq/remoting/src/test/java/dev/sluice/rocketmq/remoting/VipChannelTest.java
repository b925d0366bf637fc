package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.SendReply;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sends that go to the second port of a broker. */
class VipChannelTest {
  @ParameterizedTest
  @EnumSource
  void sendsGoThereAndAllElseDoesNotUnlessSwitchedOff(RocketMQVersion version, Ledger ledger) {
    SharedEngine engine = SharedEngine.of(version);
    Endpoint broker = Endpoint.parse(engine.brokerAddress());
    String second = " to " + new Endpoint(broker.host(), broker.port() - 2);
    for (boolean vip : new boolean[] {true, false}) {
      try (ClientFixture fixture =
          ClientFixture.start(
              engine.nameServerAddress(), ledger, options -> options.vipChannel(vip))) {
        Route route = fixture.route(fixture.newTopic("vip", 1));
        assertThat(fixture.send(route.writable(0), "first").status())
            .isEqualTo(SendReply.Status.STORED);

        assertThat(ledger.toString().contains(second)).isEqualTo(vip);
        assertThat(
                fixture.pullAll(
                    route.readable(0),
                    fixture.newGroup(false),
                    Filter.ALL,
                    0,
                    1,
                    Duration.ofSeconds(20)))
            .hasSize(1);
      }
    }
    assertThat(RemotingOptions.builder("a:1").build().vipChannel()).isFalse();
  }
}
