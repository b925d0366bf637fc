package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.requests.PopHandle;
import dev.sluice.rocketmq.requests.TopicKind;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many acknowledgements become few requests, and what becomes of each. */
class BatchAcksTest {
  private volatile int batchCode = ResponseCode.SUCCESS;
  private volatile long goneOffset = -1;
  private volatile String brokers = "";

  private void answer(RemotingCommand request, StubPeer.Line line) throws IOException {
    switch (request.code()) {
      case RequestCode.GET_ROUTEINFO_BY_TOPIC -> line.send(StubPeer.body(request, brokers));
      case RequestCode.BATCH_ACK_MESSAGE -> line.send(code(request, batchCode));
      default ->
          line.send(
              code(
                  request,
                  request.fields().requireLong("offset") == goneOffset
                      ? ResponseCode.NO_MESSAGE
                      : ResponseCode.SUCCESS));
    }
  }

  private static RemotingCommand code(RemotingCommand request, int code) {
    return RemotingCommand.response(
        code, request.opaque(), null, Fields.empty(), ByteBuffer.allocate(0));
  }

  private static String route(Endpoint a, Endpoint b) {
    return "{\"brokerDatas\":[%s,%s],\"queueDatas\":[]}".formatted(data("a", a), data("b", b));
  }

  private static String data(String name, Endpoint at) {
    return "{\"brokerAddrs\":{0:\"%s\"},\"brokerName\":\"%s\",\"cluster\":\"c\"}"
        .formatted(at, name);
  }

  private static PopHandle handle(String broker, long offset) {
    return new PopHandle(100, 1_000, 30_000, 1, TopicKind.NORMAL, broker, 0, offset);
  }

  private static List<AckStatus> ack(ClientFixture fixture, PopHandle... handles) {
    return FutureReply.await(
        reply -> fixture.client.popping().ackAll("g", "t", List.of(handles), 2_000, reply));
  }

  @Test
  void handlesAreAcknowledgedByOneRequestPerBrokerAndTheStatusesKeepTheirOrder(Ledger ledger)
      throws IOException {
    try (StubPeer peer = StubPeer.start(this::answer);
        StubPeer other =
            StubPeer.start((command, line) -> line.send(code(command, ResponseCode.SYSTEM_ERROR)));
        ClientFixture fixture = ClientFixture.start(peer.endpoint().toString(), ledger)) {
      brokers = route(peer.endpoint(), other.endpoint());
      List<AckStatus> statuses =
          ack(fixture, handle("a", 100), handle("b", 100), handle("a", 101), handle("b", 101));
      assertThat(statuses)
          .containsExactly(AckStatus.OK, AckStatus.FAILED, AckStatus.OK, AckStatus.FAILED);
      assertThat(peer.receivedWith(RequestCode.BATCH_ACK_MESSAGE)).isEqualTo(1);
      assertThat(other.receivedWith(RequestCode.BATCH_ACK_MESSAGE)).isEqualTo(1);
    }
  }

  @Test
  void aBrokerWithoutBatchesGetsThemOneByOneAndIsNotAskedForBatchesAgain(Ledger ledger)
      throws IOException {
    try (StubPeer peer = StubPeer.start(this::answer);
        ClientFixture fixture = ClientFixture.start(peer.endpoint().toString(), ledger)) {
      brokers = route(peer.endpoint(), peer.endpoint());
      batchCode = ResponseCode.REQUEST_CODE_NOT_SUPPORTED;
      goneOffset = 102;
      for (int i = 0; i < 2; i++) {
        assertThat(ack(fixture, handle("a", 101), handle("a", 102), handle("a", 103)))
            .containsExactly(AckStatus.OK, AckStatus.NO_MESSAGE, AckStatus.OK);
      }
      assertThat(peer.receivedWith(RequestCode.BATCH_ACK_MESSAGE)).isEqualTo(1);
      assertThat(peer.receivedWith(RequestCode.ACK_MESSAGE)).isEqualTo(6);
    }
  }

  @Test
  void aBrokerThatIsNotInTheRouteFailsItsHandlesOnly(Ledger ledger) throws IOException {
    try (StubPeer peer = StubPeer.start(this::answer);
        ClientFixture fixture = ClientFixture.start(peer.endpoint().toString(), ledger)) {
      brokers = route(peer.endpoint(), peer.endpoint());
      assertThat(ack(fixture, handle("a", 101), handle("gone", 102)))
          .containsExactly(AckStatus.OK, AckStatus.FAILED);
      assertThat(ack(fixture)).isEmpty();
    }
  }
}
