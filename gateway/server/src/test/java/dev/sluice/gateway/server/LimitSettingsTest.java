package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the limits of connections do on a real gateway. */
class LimitSettingsTest extends WithGateways {
  private final MemorySystem system = new MemorySystem();

  @Test
  @Shows(Setting.MAX_CONNECTIONS_PER_ADDRESS)
  void anAddressHasNoMoreConnectionsThanItMay() throws Exception {
    Served gateway = start(system, Map.of(Setting.MAX_CONNECTIONS_PER_ADDRESS, "1"));
    Served.producer(gateway.calls());

    assertRefused(() -> Served.producer(gateway.calls()), "connections of 127.0.0.1: more than 1");
  }

  @Test
  @Shows(Setting.MAX_STREAMS_PER_CONNECTION)
  void aConnectionHasNoMoreStreamsThanItMay() throws Exception {
    Served gateway = start(system, Map.of(Setting.MAX_STREAMS_PER_CONNECTION, "1"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String consumer = Served.consumer(calls);
    gateway.stream(calls, consumer);
    // The first stream is there once a call after it is answered.
    Served.producer(calls);

    assertRefused(
        () -> gateway.stream(calls, consumer).read(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS),
        "streams of this connection: more than 1");
  }

  @Test
  @Shows(Setting.MAX_SESSIONS_PER_CONNECTION)
  void aConnectionHasNoMoreProducersAndConsumersThanItMay() throws Exception {
    Served gateway = start(system, Map.of(Setting.MAX_SESSIONS_PER_CONNECTION, "2"));
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    Served.producer(calls);
    Served.consumer(calls);

    var refused = calls.createProducer(CreateProducerRequest.newBuilder().setTopic("t").build());

    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getMessage())
        .isEqualTo(
            "sessions of this connection: more than 2 (the most allowed;"
                + " MAX_SESSIONS_PER_CONNECTION sets it)");
    assertThat(Served.producer(gateway.calls())).isNotEmpty();
  }

  @Test
  @Shows(Setting.HANDSHAKE_TIMEOUT)
  void aConnectionThatSaysNothingIsClosed() throws Exception {
    Served quick = start(system, Map.of(Setting.HANDSHAKE_TIMEOUT, "200ms"));
    Served patient = start(new MemorySystem(), Map.of(Setting.HANDSHAKE_TIMEOUT, "5m"));

    try (Socket waiting = connect(patient);
        Socket silent = connect(quick);
        Socket half = connect(quick)) {
      half.getOutputStream().write("PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII));
      assertEnds(silent);
      assertEnds(half);
      waiting.setSoTimeout(1);
      assertThatThrownBy(() -> drain(waiting)).isInstanceOf(java.net.SocketTimeoutException.class);
    }
  }

  private static Socket connect(Served gateway) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.server().grpcPort());
    socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
    return socket;
  }

  private static void assertEnds(Socket socket) {
    try {
      drain(socket);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException e) {
      // Reset, which is an end too.
    }
  }

  private static void drain(Socket socket) throws IOException {
    socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
  }

  private static void assertRefused(ThrowingCallable call, String told) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
              assertThat(e.getStatus().getDescription()).startsWith(told);
            });
  }
}
