package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.EnginePort;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import io.grpc.stub.BlockingClientCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that is replaced, at its address, by one of the other kind while the gateway runs. */
class BrokersReplacedTest extends WithGateways {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path data;

  @ParameterizedTest
  @EnumSource(RocketMQVersion.class)
  void streamsAndProducersGoOnWithTheOtherKind(RocketMQVersion first) throws Exception {
    RocketMQVersion second = first == RocketMQVersion.V4 ? RocketMQVersion.V5 : RocketMQVersion.V4;
    // given
    String topic = TopicNames.unique("replaced");
    EnginePort nameServerPort;
    EnginePort brokerPort;
    Served gateway;
    RocketMQProxyBlockingV2Stub calls;
    String producer;
    String consumer;
    BlockingClientCall<?, Message> stream;
    try (RocketMQEngine before =
        RocketMQEngine.in(data.resolve("first")).version(first).quickStart().start()) {
      nameServerPort = EnginePort.exactly(port(before.nameServerAddress()));
      brokerPort = EnginePort.exactly(port(before.brokerAddress()));
      gateway =
          start(
              new RocketMQSystem(line -> {}), Map.of(Setting.UPSTREAM, before.nameServerAddress()));
      calls = gateway.calls();
      producer = Served.producer(calls, topic, "");
      consumer = Served.consumer(calls, topic, "");
      stream = gateway.stream(calls, consumer);
      assertThat(Served.send(calls, producer, "before").getSuccess()).isTrue();
      Message message = Served.next(stream);
      assertThat(message.getMessageBody()).isEqualTo("before");
      acknowledge(calls, consumer, message);
    }

    // when
    try (RocketMQEngine after =
        RocketMQEngine.in(data.resolve("second"))
            .version(second)
            .nameServerPort(nameServerPort)
            .brokerPort(brokerPort)
            .quickStart()
            .start()) {

      // then
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> receives(calls, producer, consumer, stream));
      assertThat(gateway.sample("sluice_upstream_opens_total")).isGreaterThan(1);
      assertThat(after.isAlive()).isTrue();
      gateway.close();
    }
  }

  private static boolean receives(
      RocketMQProxyBlockingV2Stub calls,
      String producer,
      String consumer,
      BlockingClientCall<?, Message> stream)
      throws Exception {
    if (!Served.send(calls, producer, "after").getSuccess()) {
      return false;
    }
    try {
      Message message = stream.read(5, TimeUnit.SECONDS);
      acknowledge(calls, consumer, message);
      return message.getMessageBody().equals("after");
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static void acknowledge(
      RocketMQProxyBlockingV2Stub calls, String consumer, Message message) throws Exception {
    var acknowledged =
        calls.ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumer)
                .setReceiptHandle(message.getReceiptHandle())
                .build());
    assertThat(acknowledged.getSuccess()).as(acknowledged.getMessage()).isTrue();
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1));
  }
}
