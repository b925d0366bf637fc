package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyFutureStub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the settings about sending do, seen at a message system whose answers are held back. */
class SendingSettingsTest extends WithGateways {
  private final MemorySystem system = new MemorySystem();
  private final List<ListenableFuture<SendMessageResponse>> sends = new ArrayList<>();

  @AfterEach
  void answerAll() throws Exception {
    system.faults().release(Operation.SEND);
    for (ListenableFuture<SendMessageResponse> send : sends) {
      send.get(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  @Test
  @Shows(Setting.BATCH_SIZE)
  void aBatchHasNoMoreMessagesThanSet() throws Exception {
    // given one batch of one message under way
    Served gateway = start(system, Map.of(Setting.BATCH_SIZE, "3", Setting.FLUSH_INTERVAL, "1m"));
    Sender sender = new Sender(gateway);
    system.faults().hold(Operation.SEND);
    sender.send(1, "x");
    awaitUnderWay(1);

    // when seven wait for company
    sender.send(7, "x");

    // then three are company enough to leave, and so are the next three, and the last is alone
    awaitUnderWay(2);
    awaitPending(gateway, 8);
    system.faults().release(Operation.SEND);
    awaitPending(gateway, 0);
    assertThat(system.faults().calls(Operation.SEND)).isEqualTo(1 + 1 + 1 + 1);
    assertThat(gateway.sample("sluice_batches_sent_total")).isEqualTo(4);
    assertThat(gateway.sample("sluice_messages_sent_total")).isEqualTo(8);
  }

  @Test
  @Shows(Setting.FLUSH_INTERVAL)
  void aMessageWaitsForCompanyNoLongerThanSet() throws Exception {
    // given
    Served gateway = start(system, Map.of(Setting.FLUSH_INTERVAL, "20ms"));
    Sender sender = new Sender(gateway);
    system.faults().hold(Operation.SEND);
    sender.send(1, "x");
    awaitUnderWay(1);

    // when
    sender.send(1, "x");

    // then it leaves alone, while the first is still under way
    awaitUnderWay(2);
  }

  @Test
  @Shows(Setting.FLUSH_INTERVAL)
  void aMessageWaitsForCompanyAsLongAsSet() throws Exception {
    // given
    Served gateway = start(system, Map.of(Setting.FLUSH_INTERVAL, "1m"));
    Sender sender = new Sender(gateway);
    system.faults().hold(Operation.SEND);
    sender.send(1, "x");
    awaitUnderWay(1);

    // when
    sender.send(5, "x");
    awaitPending(gateway, 6);

    // then all leave together when the first is answered
    assertThat(system.faults().holding(Operation.SEND)).isEqualTo(1);
    system.faults().releaseOne(Operation.SEND);
    awaitPending(gateway, 5);
    awaitUnderWay(1);
    assertThat(system.faults().calls(Operation.SEND)).isEqualTo(2);
  }

  @Test
  @Shows(Setting.IN_FLIGHT_MESSAGES)
  void oneMessageTooManyUnderWayIsRefusedWithAdvice() throws Exception {
    // given
    Served gateway =
        start(system, Map.of(Setting.IN_FLIGHT_MESSAGES, "2", Setting.PRODUCER_POOL_SIZE, "1"));
    Sender sender = new Sender(gateway);
    system.faults().hold(Operation.SEND);
    sender.send(2, "x");
    awaitPending(gateway, 2);

    // when
    SendMessageResponse refused = sender.sendOne("x");

    // then
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(refused.getMessage()).contains("at most 2 ").contains("try again");
  }

  @Test
  @Shows(Setting.IN_FLIGHT_BYTES)
  void tooManyBytesUnderWayAreRefusedWithAdvice() throws Exception {
    // given
    Served gateway =
        start(system, Map.of(Setting.IN_FLIGHT_BYTES, "2KB", Setting.PRODUCER_POOL_SIZE, "1"));
    Sender sender = new Sender(gateway);
    system.faults().hold(Operation.SEND);
    sender.send(1, "x".repeat(1000));
    awaitPending(gateway, 1);

    // when
    SendMessageResponse refused = sender.sendOne("x".repeat(1000));

    // then
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.OVERLOADED);
    assertThat(refused.getMessage()).contains("and 2048");
    sender.send(1, "small");
    awaitPending(gateway, 2);
  }

  private void awaitUnderWay(int batches) {
    await()
        .untilAsserted(
            () -> assertThat(system.faults().holding(Operation.SEND)).isEqualTo(batches));
  }

  private static void awaitPending(Served gateway, long messages) {
    await()
        .untilAsserted(
            () ->
                assertThat(gateway.ledger().open(ResourceKinds.PENDING_SEND)).isEqualTo(messages));
  }

  /** Sends over one connection, and so through one loop, without waiting for answers. */
  private final class Sender {
    private final RocketMQProxyFutureStub stub;
    private final String producer;

    Sender(Served gateway) throws Exception {
      ManagedChannel channel = gateway.channel();
      stub = RocketMQProxyGrpc.newFutureStub(channel);
      producer = Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(channel));
    }

    void send(int count, String body) {
      for (int i = 0; i < count; i++) {
        sends.add(stub.sendMessage(request(body)));
      }
    }

    SendMessageResponse sendOne(String body) throws Exception {
      return stub.sendMessage(request(body)).get(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private SendMessageRequest request(String body) {
      return SendMessageRequest.newBuilder().setProducerId(producer).setMessageBody(body).build();
    }
  }
}
