package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConfig;
import dev.sluice.rocketmq.requests.TopicConfig;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BrokerAdministration5Test extends BrokerAdministrationContract {
  BrokerAdministration5Test() {
    super(RocketMQVersion.V5);
  }

  @Override
  void checkRefusal(ClientException failure) {
    assertThat(failure.category()).isEqualTo(FailureCategory.INVALID_ARGUMENT);
    assertThat(failure.code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
    assertThat(failure).hasMessageContaining("queueId[77]");
  }

  @Test
  void topicsAreDescribedWithTheirTypes() {
    // given
    String topic = TopicNames.unique("typed");
    Administration administration = fixture.client.administration();
    FutureReply.await(
        (Reply<Done> reply) ->
            administration.createTopic(
                new TopicSpec(topic, 3, 3, TopicSpec.MessageType.FIFO), reply));

    // then
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        FutureReply.<TopicConfig>await(
                                reply -> administration.topicConfig(topic, reply))
                            .messageType())
                    .isEqualTo("FIFO"));
  }

  @Test
  void aBrokerTellsHowItsGroupsAreConfigured() {
    Administration administration = fixture.client.administration();
    String created = TopicNames.unique("group");
    String onFirstUse = TopicNames.unique("group");
    FutureReply.await(
        (Reply<Done> reply) -> administration.createGroup(new GroupSpec(created, true, 3), reply));

    assertThat(FutureReply.<GroupConfig>await(reply -> administration.group(created, reply)))
        .isEqualTo(new GroupConfig(created, true, 3, GroupConfig.Retries.USUAL));
    assertThat(FutureReply.<GroupConfig>await(reply -> administration.group(onFirstUse, reply)))
        .isEqualTo(new GroupConfig(onFirstUse, false, 16, GroupConfig.Retries.USUAL));
  }

  @Test
  void brokersTellTheirVersion() {
    List<BrokerInfo> brokers = FutureReply.await(fixture.client.administration()::brokers);
    assertThat(brokers).hasSize(1);
    assertThat(brokers.getFirst().version()).isEqualTo("V5_5_0");
    assertThat(brokers.getFirst().canPop()).isTrue();
  }
}
