package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.GetOffsetRequest;
import dev.sluice.gateway.proto.v2.GetOffsetResponse;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.QueryOffsetPolicy;
import dev.sluice.gateway.proto.v2.QueryOffsetRequest;
import dev.sluice.gateway.proto.v2.QueryOffsetResponse;
import dev.sluice.gateway.proto.v2.UpdateOffsetRequest;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where queues begin and end, and how far groups are that pull. */
@Timeout(60)
class QueuePositionsTest {

  private static final MessageQueue QUEUE = queue(TOPIC, "memory-0", 0);

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server(GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS.withQueues(1));
    client = V2Client.of(server, "puller");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.sendOk(message("a").build());
    client.sendOk(message("b").build());
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void howFarAGroupIsIsWhatItSaidLast() {
    assertThat(get(GROUP, QUEUE).getStatus().getCode()).isEqualTo(Code.OFFSET_NOT_FOUND);

    assertThat(update(GROUP, QUEUE, 1)).isEqualTo(Code.OK);

    assertThat(get(GROUP, QUEUE).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(get(GROUP, QUEUE).getOffset()).isEqualTo(1);
    assertThat(get("other", QUEUE).getStatus().getCode()).isEqualTo(Code.OFFSET_NOT_FOUND);
    assertThat(update(GROUP, QUEUE, 0)).isEqualTo(Code.OK);
    assertThat(get(GROUP, QUEUE).getOffset()).isZero();
  }

  @Test
  void aGroupIsNotFurtherThanTheQueue() {
    assertThat(update(GROUP, QUEUE, 2)).isEqualTo(Code.OK);
    assertThat(update(GROUP, QUEUE, 3)).isEqualTo(Code.ILLEGAL_OFFSET);
    assertThat(update(GROUP, QUEUE, -1)).isEqualTo(Code.ILLEGAL_OFFSET);
    assertThat(get(GROUP, QUEUE).getOffset()).isEqualTo(2);
  }

  @Test
  void aQueueHasABeginningAnEndAndTimesBetween() {
    server.pass(Duration.ofSeconds(10));
    long later = System.currentTimeMillis() + 5_000;
    client.sendOk(message("c").build());

    assertThat(query(QUEUE, QueryOffsetPolicy.BEGINNING).getOffset()).isZero();
    assertThat(query(QUEUE, QueryOffsetPolicy.END).getOffset()).isEqualTo(3);
    assertThat(at(Times.timestamp(0)).getOffset()).isZero();
    assertThat(at(Times.timestamp(later)).getOffset()).isEqualTo(2);
    assertThat(at(Times.timestamp(later + 3_600_000)).getOffset()).isEqualTo(3);
  }

  @Test
  void aTimeIsGivenAndNotBefore1970() {
    assertThat(query(QUEUE, QueryOffsetPolicy.TIMESTAMP).getStatus().getCode())
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(at(Timestamp.newBuilder().setSeconds(-1).build()).getStatus().getCode())
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(
            client
                .stub()
                .queryOffset(
                    QueryOffsetRequest.newBuilder()
                        .setMessageQueue(QUEUE)
                        .setQueryOffsetPolicyValue(9)
                        .build())
                .getStatus()
                .getCode())
        .isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void whatIsNotThereOrIllegalIsTold() {
    codes(queue("missing", "memory-0", 0), Code.TOPIC_NOT_FOUND);
    codes(queue("a b", "memory-0", 0), Code.ILLEGAL_TOPIC);
    codes(queue(TOPIC, "elsewhere", 0), Code.HA_NOT_AVAILABLE);
    codes(queue(TOPIC, "", 0), Code.BAD_REQUEST);
    codes(queue(TOPIC, "memory-0", -1), Code.BAD_REQUEST);
    codes(queue(TOPIC, "memory-0", 1), Code.BAD_REQUEST);
    assertThat(get("", QUEUE).getStatus().getCode()).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(update("", QUEUE, 0)).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
  }

  @Test
  void failuresOfTheMessageSystemAreTold() {
    for (int i = 0; i < 3; i++) {
      server
          .backend()
          .faults()
          .failNext(Operation.OFFSETS, GatewayException.unavailable("no broker", null));
    }

    codes(QUEUE, Code.HA_NOT_AVAILABLE);
  }

  private void codes(MessageQueue queue, Code expected) {
    assertThat(update(GROUP, queue, 0)).isEqualTo(expected);
    assertThat(get(GROUP, queue).getStatus().getCode()).isEqualTo(expected);
    assertThat(query(queue, QueryOffsetPolicy.END).getStatus().getCode()).isEqualTo(expected);
  }

  private Code update(String group, MessageQueue queue, long offset) {
    return client
        .stub()
        .updateOffset(
            UpdateOffsetRequest.newBuilder()
                .setGroup(resource(group))
                .setMessageQueue(queue)
                .setOffset(offset)
                .build())
        .getStatus()
        .getCode();
  }

  private GetOffsetResponse get(String group, MessageQueue queue) {
    return client
        .stub()
        .getOffset(
            GetOffsetRequest.newBuilder().setGroup(resource(group)).setMessageQueue(queue).build());
  }

  private QueryOffsetResponse query(MessageQueue queue, QueryOffsetPolicy policy) {
    return client
        .stub()
        .queryOffset(
            QueryOffsetRequest.newBuilder()
                .setMessageQueue(queue)
                .setQueryOffsetPolicy(policy)
                .build());
  }

  private QueryOffsetResponse at(Timestamp timestamp) {
    return client
        .stub()
        .queryOffset(
            QueryOffsetRequest.newBuilder()
                .setMessageQueue(QUEUE)
                .setQueryOffsetPolicy(QueryOffsetPolicy.TIMESTAMP)
                .setTimestamp(timestamp)
                .build());
  }

  private static MessageQueue queue(String topic, String broker, int id) {
    return MessageQueue.newBuilder()
        .setTopic(resource(topic))
        .setBroker(Broker.newBuilder().setName(broker))
        .setId(id)
        .build();
  }
}
