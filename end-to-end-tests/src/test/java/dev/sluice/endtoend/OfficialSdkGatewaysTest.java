package dev.sluice.endtoend;

import static org.apache.rocketmq.client.apis.consumer.FilterExpression.SUB_ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.FreePort;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Programs with the official Java SDK are started once and then left alone: gateways come and go,
 * and connections die, under them.
 */
@Execution(ExecutionMode.CONCURRENT)
class OfficialSdkGatewaysTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Operator operator = Operator.of(nameServer());
  private final Set<String> received = ConcurrentHashMap.newKeySet();

  @TempDir Path data;

  @AfterEach
  void close() {
    operator.close();
  }

  @Test
  void aGatewayThatIsKilledAndStartedAnewServesThemOn() throws Exception {
    String topic = operator.newTopic("restarted", 2, MessageType.NORMAL);
    String ordered = operator.newTopic("restarted-fifo", 2, MessageType.FIFO);
    String port = Integer.toString(FreePort.ofLoopback());
    try (RunningGateway first = gateway(Map.of("GRPC_PORT", port))) {
      var sdk = new OfficialSdk(first.grpc());
      try (PushConsumers consumers = new PushConsumers();
          Producer producer = sdk.producer(topic, ordered)) {
        consumers.start(
            sdk, operator.newGroup("restarted", false, 16), Map.of(topic, SUB_ALL), this::take);
        consumers.start(
            sdk,
            operator.newGroup("restarted-fifo", true, 16),
            Map.of(ordered, SUB_ALL),
            this::take);
        begins(producer, topic, ordered);
        exchange(producer, topic, ordered, "before");

        // when
        first.process().kill();
        try (RunningGateway second = gateway(Map.of("GRPC_PORT", port))) {

          // then: no call needs what was told to the gateway that is gone
          exchange(producer, topic, ordered, "after");
          second.endsCleanly();
        }
      }
    }
  }

  @Test
  void oneOfTwoGatewaysThatIsKilledTakesNothingWithIt() throws Exception {
    String topic = operator.newTopic("two", 2, MessageType.NORMAL);
    String ordered = operator.newTopic("two-fifo", 2, MessageType.FIFO);
    try (RunningGateway first = gateway(Map.of());
        RunningGateway second = gateway(Map.of())) {
      var sdk = new OfficialSdk(first.grpc() + ";" + second.grpc());
      try (PushConsumers consumers = new PushConsumers();
          Producer producer = sdk.producer(topic, ordered)) {
        consumers.start(
            sdk, operator.newGroup("two", false, 16), Map.of(topic, SUB_ALL), this::take);
        consumers.start(
            sdk, operator.newGroup("two-fifo", true, 16), Map.of(ordered, SUB_ALL), this::take);
        begins(producer, topic, ordered);
        exchange(producer, topic, ordered, "both");

        first.process().kill();

        exchange(producer, topic, ordered, "one");
        // Before its consumers leave, which would wait for the end of their long polls.
        second.endsCleanly();
      }
    }
  }

  @Test
  void whatIsRenewedForAClientWhoseConnectionIsDeadComesAgain(Ledger ledger) throws Exception {
    String topic = operator.newTopic("half-open", 1, MessageType.NORMAL);
    String group = operator.newGroup("half-open", false, 16);
    try (RunningGateway gateway =
            gateway(Map.of("KEEPALIVE_TIME", "10s", "KEEPALIVE_TIMEOUT", "10s"));
        PingingClient idle = PingingClient.to(gateway.grpc())) {
      FaultyNetwork network = FaultyNetwork.start(ledger, address(gateway.grpc()));
      try (PushConsumer stuck =
              new OfficialSdk("127.0.0.1:" + network.port())
                  .push(
                      group,
                      Map.of(topic, SUB_ALL),
                      message -> {
                        received.add(OfficialSdk.body(message));
                        await().atMost(PATIENCE).until(() -> received.contains("end"));
                        return ConsumeResult.SUCCESS;
                      });
          Producer producer = new OfficialSdk(gateway.grpc()).producer(topic)) {
        begins(producer, topic);
        producer.send(OfficialSdk.message(topic, "a").build());
        await().atMost(PATIENCE).until(() -> received.contains("a"));

        // when nobody tells the gateway that the other end is gone
        network.stall();

        // then another member gets it, long before it would be renewed for the last time
        try (SimpleConsumer heir =
            new OfficialSdk(gateway.grpc())
                .simple(group, Duration.ofSeconds(5), Map.of(topic, SUB_ALL))) {
          var inherited = new TreeSet<String>();
          Deadline deadline = Deadline.after(PATIENCE);
          while (!inherited.contains("a") && !deadline.isPast()) {
            for (MessageView message : heir.receive(16, Duration.ofSeconds(60))) {
              inherited.add(OfficialSdk.body(message));
              heir.ack(message);
            }
          }
          assertThat(inherited).contains("a");
        }
        network.pass();
        received.add("end");
        assertThat(stuck.getConsumerGroup()).isEqualTo(group);
      } finally {
        network.close(Deadline.after(Duration.ofSeconds(5)));
      }

      // and whoever pings now and then without a call is left in peace
      await().atMost(PATIENCE).until(() -> idle.answered() >= 5 || !idle.end().isEmpty());
      assertThat(idle.end()).isEmpty();
    }
  }

  private ConsumeResult take(MessageView message) {
    received.add(OfficialSdk.body(message));
    return ConsumeResult.SUCCESS;
  }

  /** New groups begin with their first receive, which push consumers make when they like. */
  private void begins(Producer producer, String... topics) {
    for (String topic : topics) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                send(producer, topic, "begin " + topic);
                return received.contains("begin " + topic);
              });
    }
  }

  private void exchange(Producer producer, String topic, String ordered, String phase) {
    var sent = new TreeSet<String>();
    for (int i = 0; i < 20; i++) {
      for (String each : new String[] {topic, ordered}) {
        String body = phase + " " + each + " " + i;
        // A program sends again what it is told has failed; gRPC's own failures come as they are.
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(200))
            .ignoreExceptions()
            .until(() -> send(producer, each, body));
        sent.add(body);
      }
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(received).containsAll(sent));
  }

  private static boolean send(Producer producer, String topic, String body) throws ClientException {
    producer.send(
        topic.contains("fifo")
            ? OfficialSdk.inGroup(topic, "group-" + body.hashCode() % 3, body)
            : OfficialSdk.message(topic, body).build());
    return true;
  }

  private RunningGateway gateway(Map<String, String> settings) throws Exception {
    return RunningGateway.before(nameServer(), data, settings);
  }

  private static String nameServer() {
    return SharedEngine.rocketmq5().nameServerAddress();
  }

  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    return new InetSocketAddress(
        hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
  }
}
