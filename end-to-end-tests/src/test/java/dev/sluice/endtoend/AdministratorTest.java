package dev.sluice.endtoend;

import static dev.sluice.testkit.IsolatedJars.call;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What RocketMQ's own tools ask the members of a group, through the broker, reaches the official
 * clients behind the gateway that is the member.
 */
@Execution(ExecutionMode.CONCURRENT)
class AdministratorTest {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final PushConsumers CONSUMERS = new PushConsumers();

  private static RemotingClients remoting;
  private static RemotingClients.Administrator admin;

  @BeforeAll
  static void startTheTools() throws IOException {
    remoting = RemotingClients.before(SHARED.gateway().upstream());
    admin = remoting.administrator();
  }

  @AfterAll
  static void stopTheTools() throws IOException {
    CONSUMERS.leave();
    admin.close();
    remoting.close();
  }

  @Test
  void aMemberTellsWhatTheThreadsOfAllItsClientsDo() throws Exception {
    String topic = SHARED.operator().newTopic("threads", 1, MessageType.NORMAL);
    String group = SHARED.operator().newGroup("threads", false, 2);
    push(group, topic, message -> ConsumeResult.SUCCESS);
    push(group, topic, message -> ConsumeResult.SUCCESS);
    // The number of clients in its name is brought up to date now and then, and the old name is
    // gone then.
    String member = member(group, "/2");

    // The gateway waits four seconds for its clients, which is too little on a busy machine.
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              Object info = admin.runningInfo(group, member);
              String threads = (String) call(info, "getJstack");
              assertThat(threads.split("==== client ")).as(threads).hasSize(3);
              assertThat(threads)
                  .contains("ClientImpl.lambda$onPrintThreadStackTraceCommand")
                  .doesNotContain("has not answered");
              assertThat(call(info, "formatString").toString()).contains(topic, "CONSUME_POP");
            });
    assertTold(
        told -> assertThat(told).contains("==== client ", topic),
        "consumerStatus",
        "-g",
        group,
        "-i",
        member,
        "-s");
  }

  @Test
  void aMemberHasOneOfItsClientsConsumeAMessage() throws Exception {
    String topic = SHARED.operator().newTopic("directly", 1, MessageType.NORMAL);
    String group = SHARED.operator().newGroup("directly", false, 2);
    // Sent before the group begins: it is not handed out, but can be consumed on demand.
    String good;
    String bad;
    try (RemotingClients.Producer producer = remoting.producer()) {
      producer.compress(10, "ZSTD", 5);
      good = producer.send(topic, "good ".repeat(100).getBytes(UTF_8));
      bad = producer.send(topic, "bad ".repeat(100).getBytes(UTF_8));
    }
    Queue<String> consumed = new ConcurrentLinkedQueue<>();
    push(
        group,
        topic,
        message -> {
          String body = OfficialSdk.body(message);
          consumed.add(body);
          return body.startsWith("bad") ? ConsumeResult.FAILURE : ConsumeResult.SUCCESS;
        });
    String member = member(group, "/1");

    assertThat(admin.consume(group, member, topic, good))
        .startsWith("CR_SUCCESS: client ")
        .endsWith(" of the gateway answers OK");
    assertThat(admin.consume(group, member, topic, bad))
        .startsWith("CR_LATER: client ")
        .endsWith(" of the gateway answers FAILED_TO_CONSUME_MESSAGE");
    assertThat(consumed).containsExactly("good ".repeat(100), "bad ".repeat(100));
  }

  @Test
  void whoDoesNotConsumeInTimeAndWhoCannotAreToldAsThat() throws Exception {
    String topic = SHARED.operator().newTopic("slowly", 1, MessageType.NORMAL);
    String group = SHARED.operator().newGroup("slowly", false, 2);
    String simple = SHARED.operator().newGroup("simple", false, 2);
    String id;
    try (RemotingClients.Producer producer = remoting.producer()) {
      id = producer.send(topic, "slow".getBytes(UTF_8));
    }
    var ending = new CountDownLatch(1);
    MessageListener slow =
        message -> {
          try {
            ending.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return ConsumeResult.SUCCESS;
        };
    push(group, topic, slow);
    try (SimpleConsumer consumer = sdk().simple(simple, Duration.ofSeconds(1), filters(topic))) {
      assertThat(consumer.receive(1, Duration.ofSeconds(10))).isEmpty();
      String slowMember = member(group, "/1");
      String simpleMember = member(simple, "/1");

      assertThatThrownBy(() -> admin.consume(group, slowMember, topic, id))
          .hasMessageContaining("207")
          .hasMessageContaining("has not consumed the message within 4s");
      ending.countDown();
      assertThatThrownBy(() -> admin.consume(simple, simpleMember, topic, id))
          .hasMessageContaining("has no push consumer of " + topic + " here");
      assertThat((String) call(admin.runningInfo(simple, simpleMember), "getJstack"))
          .contains("==== client ");
    }
  }

  @Test
  void theToolsShowHowFarAGroupIsAndEachGatewayOnce(@TempDir Path data) throws Exception {
    String upstream = SHARED.gateway().upstream();
    String topic = SHARED.operator().newTopic("progress", 1, MessageType.NORMAL);
    String group = SHARED.operator().newGroup("progress", false, 2);
    try (RunningGateway other = RunningGateway.before(upstream, data);
        SimpleConsumer here = simple(SHARED.gateway(), group, topic);
        SimpleConsumer there = simple(other, group, topic);
        SimpleConsumer beside = simple(other, group, topic);
        Producer producer = sdk().producer(topic)) {
      for (SimpleConsumer each : List.of(here, there, beside)) {
        assertThat(each.receive(1, Duration.ofSeconds(10))).isEmpty();
      }
      for (int i = 0; i < 4; i++) {
        producer.send(OfficialSdk.message(topic, "m" + i).build());
      }

      assertTold(
          told -> assertThat(told).contains(topic, "Diff Total: 4"),
          "consumerProgress",
          "-g",
          group);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(admin.members(group))
                      .satisfiesExactlyInAnyOrder(
                          member -> assertThat(member).startsWith("sluice/").endsWith("/1"),
                          member -> assertThat(member).startsWith("sluice/").endsWith("/2")));
      List<String> members = admin.members(group);
      assertTold(told -> assertThat(told).contains(members), "consumerConnection", "-g", group);

      for (MessageView message : here.receive(4, Duration.ofSeconds(10))) {
        here.ack(message);
      }
      assertTold(
          told -> assertThat(told).contains("Diff Total: 0"), "consumerProgress", "-g", group);
    }
  }

  private static SimpleConsumer simple(RunningGateway gateway, String group, String topic)
      throws Exception {
    return new OfficialSdk(gateway.grpc()).simple(group, Duration.ofSeconds(1), filters(topic));
  }

  /**
   * What a command of the tools prints. It waits five seconds for each answer, which is too little
   * on a busy machine, and prints then that it has failed: it is called again.
   */
  private static void assertTold(Consumer<String> expectation, String... command) {
    await().atMost(PATIENCE).untilAsserted(() -> expectation.accept(told(command)));
  }

  private static String told(String... command) throws Exception {
    try (Child child = RemotingClients.command(SHARED.gateway().upstream(), command)) {
      assertThat(child.awaitExit(PATIENCE)).as(child.output().toString()).isZero();
      return child.output().toString();
    }
  }

  /** The one member of the group, once it is called like this. */
  private static String member(String group, String ending) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(admin.members(group)).singleElement().asString().endsWith(ending));
    return admin.members(group).getFirst();
  }

  private static void push(String group, String topic, MessageListener listener) throws Exception {
    CONSUMERS.start(sdk(), group, filters(topic), listener);
  }

  private static Map<String, FilterExpression> filters(String topic) {
    return Map.of(topic, FilterExpression.SUB_ALL);
  }

  private static OfficialSdk sdk() {
    return new OfficialSdk(SHARED.gateway().grpc());
  }
}
