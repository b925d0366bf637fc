package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConfig;
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
  void aBrokerTellsHowItsGroupsAreConfigured() {
    Administration administration = fixture.client.administration();
    String created = TopicNames.unique("group");
    FutureReply.await(
        (Reply<Done> reply) -> administration.createGroup(new GroupSpec(created, false, 3), reply));

    assertThat(FutureReply.<GroupConfig>await(reply -> administration.group(created, reply)))
        .isEqualTo(new GroupConfig(created, false, 3, GroupConfig.Retries.USUAL));
    ClientException missing =
        catchThrowableOfType(
            ClientException.class,
            () -> FutureReply.<GroupConfig>await(reply -> administration.group("none", reply)));
    assertThat(missing.category()).isEqualTo(FailureCategory.NOT_FOUND);
  }

  @Test
  void brokersTellTheirVersion() {
    List<BrokerInfo> brokers = FutureReply.await(fixture.client.administration()::brokers);
    assertThat(brokers).hasSize(1);
    assertThat(brokers.getFirst().version()).isEqualTo("V4_9_7");
    assertThat(brokers.getFirst().canPop()).isFalse();
  }
}
