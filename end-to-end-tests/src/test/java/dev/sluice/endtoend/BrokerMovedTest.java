package dev.sluice.endtoend;

import static org.apache.rocketmq.client.apis.consumer.FilterExpression.SUB_ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.EnginePort;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that comes back at another address: programs that were started before it go on. */
class BrokerMovedTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Set<String> received = ConcurrentHashMap.newKeySet();

  @TempDir Path folder;

  @Test
  void whoWasStartedBeforeSendsAndReceivesAtTheNewAddress() throws Exception {
    RocketMQEngine first = RocketMQEngine.in(folder.resolve("broker")).start();
    try (first;
        RunningGateway gateway =
            RunningGateway.before(first.nameServerAddress(), folder.resolve("gateway"));
        Operator operator = Operator.of(first.nameServerAddress())) {
      String topic = operator.newTopic("moved", 2, MessageType.NORMAL);
      var sdk = new OfficialSdk(gateway.grpc());
      try (Producer producer = sdk.producer(topic);
          PushConsumer consumer =
              sdk.push(
                  operator.newGroup("moved", false, 16),
                  Map.of(topic, SUB_ALL),
                  message -> {
                    received.add(OfficialSdk.body(message));
                    return ConsumeResult.SUCCESS;
                  })) {
        // A new group begins with its first receive, which the SDK makes when it likes.
        await().atMost(PATIENCE).until(() -> send(producer, topic, "begin") && !received.isEmpty());
        exchange(producer, topic, "before");

        // when
        first.close();
        try (RocketMQEngine second = elsewhere(first)) {
          assertThat(second.brokerAddress()).isNotEqualTo(first.brokerAddress());

          // then
          exchange(producer, topic, "after");
          assertThat(consumer.getConsumerGroup()).startsWith("moved");
        }
      }
    }
  }

  private void exchange(Producer producer, String topic, String phase) {
    var sent = new TreeSet<String>();
    for (int i = 0; i < 20; i++) {
      String body = phase + " " + i;
      // A program sends again what it is told has failed; gRPC's own failures come as they are.
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptions()
          .until(() -> send(producer, topic, body));
      sent.add(body);
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(received).containsAll(sent));
  }

  private static boolean send(Producer producer, String topic, String body) throws ClientException {
    producer.send(OfficialSdk.message(topic, body).build());
    return true;
  }

  /** The same cluster by the same name server, whose broker finds its port taken. */
  private RocketMQEngine elsewhere(RocketMQEngine before) throws Exception {
    try (var taken = new ServerSocket()) {
      taken.setReuseAddress(true);
      taken.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port(before.brokerAddress())));
      return RocketMQEngine.in(folder.resolve("broker"))
          .nameServerPort(EnginePort.exactly(port(before.nameServerAddress())))
          .start();
    }
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
