package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerAdministration4Test extends BrokerAdministrationContract {
  BrokerAdministration4Test() {
    super(RocketMQVersion.V4);
  }

  @Override
  void checkRefusal(ClientException failure) {
    assertThat(failure).hasMessageContaining("queueId");
  }

  @Test
  void brokersTellTheirVersion() {
    List<BrokerInfo> brokers = FutureReply.await(fixture.client.administration()::brokers);
    assertThat(brokers).hasSize(1);
    assertThat(brokers.getFirst().version()).isEqualTo("V4_9_7");
    assertThat(brokers.getFirst().canPop()).isFalse();
  }
}
