package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.SendDelayMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.QueryAssignmentRequest;
import dev.sluice.gateway.proto.v2.Resource;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the settings do that are about brokers of 4.x. */
class BrokersOf4SettingsTest extends WithGateways {

  @Test
  @Shows(Setting.INEXACT_DELAY)
  void aTimeThatNoLevelMeetsIsRefusedOrRoundedUpAsSet() throws Exception {
    long asked = System.currentTimeMillis() + Duration.ofMinutes(45).toMillis();

    SendMessageResponse refused = send("refuse", asked);
    SendMessageResponse rounded = send("round-up", asked);

    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(refused.getMessage())
        .contains("RocketMQ 4.9.7 does not keep", "1s 5s 10s 30s", "INEXACT_DELAY=round-up");
    assertThat(rounded.getSuccess()).as(rounded.getMessage()).isTrue();
    assertThat(rounded.getMessage())
        .startsWith("delivered after 3600 s, by delay level 17, instead");
    assertThat(rounded.getDeliveryMovedTo())
        .isBetween(asked, System.currentTimeMillis() + Duration.ofHours(1).toMillis());
  }

  @Test
  @Shows(Setting.ORDERED_GROUPS)
  void aGroupThatConsumesInOrderIsAssignedEachQueueByItself() throws Exception {
    Served gateway = start(Setting.ORDERED_GROUPS, "ordered, others");
    String topic = TopicNames.unique("assigned");
    var calls = gateway.calls();
    String producer = Served.producer(calls, topic, "");
    assertThat(Served.send(calls, producer, "x").getSuccess()).isTrue();

    // Brokers tell the name server of a new topic a moment later.
    await()
        .atMost(Served.PATIENCE)
        .untilAsserted(
            () -> assertThat(assigned(gateway, topic, "ordered")).containsExactly(0, 1, 2, 3));
    assertThat(assigned(gateway, topic, "another")).containsExactly(-1);
  }

  private static List<Integer> assigned(Served gateway, String topic, String group)
      throws Exception {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER), "c");
    var address = Address.newBuilder().setHost("127.0.0.1").setPort(1);
    QueryAssignmentRequest request =
        QueryAssignmentRequest.newBuilder()
            .setTopic(Resource.newBuilder().setName(topic))
            .setGroup(Resource.newBuilder().setName(group))
            .setEndpoints(
                Endpoints.newBuilder().setScheme(AddressScheme.IPv4).addAddresses(address))
            .build();
    var answer =
        MessagingServiceGrpc.newBlockingV2Stub(gateway.channel())
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .queryAssignment(request);
    assertThat(answer.getStatus().getCode()).as(answer.toString()).isEqualTo(Code.OK);
    return answer.getAssignmentsList().stream()
        .map(each -> each.getMessageQueue().getId())
        .sorted()
        .toList();
  }

  private Served start(Setting setting, String value) throws Exception {
    return start(
        new RocketMQSystem(line -> {}),
        Map.of(Setting.UPSTREAM, SharedEngine.rocketmq4().nameServerAddress(), setting, value));
  }

  private SendMessageResponse send(String choice, long time) throws Exception {
    Served gateway = start(Setting.INEXACT_DELAY, choice);
    var calls = gateway.calls();
    return calls.sendDelayMessage(
        SendDelayMessageRequest.newBuilder()
            .setProducerId(Served.producer(calls, TopicNames.unique("delays"), ""))
            .setMessageBody("x")
            .setStartDeliverTime(time)
            .build());
  }
}
