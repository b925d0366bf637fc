package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.RemotingOptions;
import dev.sluice.rocketmq.requests.GroupConnections;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers of one group with tags that differ, at one gateway and at two, before one broker. */
class EqualSubscriptionsTest {
  private static final String KEY = "b8".repeat(32);
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String topic = "equal-" + UUID.randomUUID();
  private final String group = "equal-" + UUID.randomUUID();

  @TempDir Path folder;

  private RunningGateway start(String name, Map<String, String> further) throws IOException {
    var settings = new HashMap<>(further);
    settings.put("UPSTREAM", SharedEngine.rocketmq5().nameServerAddress());
    settings.put("DATA_DIR", folder.resolve(name).toString());
    settings.put("CLUSTER_KEY", KEY);
    return RunningGateway.start(settings);
  }

  private CreateConsumerRequest of(String itsTopic, String tags) {
    return CreateConsumerRequest.newBuilder()
        .setTopic(itsTopic)
        .setGroupId(group)
        .setTagExpression(tags)
        .setStartPosition(StartPosition.EARLIEST)
        .build();
  }

  private static MessageToSend.Builder tagged(String tag, int number) {
    return MessageToSend.newBuilder().setTag(tag).setMessageBody(tag + number);
  }

  /** As the administrators' tools list the group's connections. */
  private List<String> members() {
    EventLoops loops = EventLoops.owned(1, Ledger.create());
    loops.start();
    RemotingClient administrator =
        RemotingClient.create(
            RemotingOptions.builder(SharedEngine.rocketmq5().nameServerAddress()).build(),
            loops,
            Ledger.create(),
            Clock.system());
    administrator.start();
    try {
      List<GroupConnections> brokers =
          FutureReply.await(reply -> administrator.memberships().members(group, reply));
      return brokers.stream()
          .flatMap(broker -> broker.members().stream())
          .map(GroupConnections.Member::clientId)
          .toList();
    } finally {
      administrator.close(Deadline.after(Duration.ofSeconds(5)));
      loops.close(Deadline.after(Duration.ofSeconds(5)));
    }
  }

  @Test
  void consumersOfOneGroupAndGatewayEachGetAllAndOnlyWhatTheyAskFor() throws Exception {
    try (RunningGateway gateway = start("gateway", Map.of());
        Client client = Client.to(gateway.grpc())) {
      String producer = client.producer(topic);
      String second = "equal-" + UUID.randomUUID();
      String other = client.producer(second);
      String ofA = client.consumer(of(topic, "a"));
      String ofB = client.consumer(of(topic, "b||c"));
      String ofAll = client.consumer(of(second, "*"));
      Reader a = client.read(ofA).acknowledging().awaitOpen();
      Reader b = client.read(ofB).acknowledging().awaitOpen();
      Reader all = client.read(ofAll).acknowledging().awaitOpen();

      List<MessageToSend.Builder> messages = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        // In an order in which each poll meets what the others want first.
        for (String tag : List.of("b", "a", "d", "c")) {
          messages.add(tagged(tag, i));
        }
      }
      client.sendAll(producer, messages);
      client.send(other, List.of("x", "y", "z"));

      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  new HashSet<>(a.bodies()).size() >= 100
                      && new HashSet<>(b.bodies()).size() >= 200);
      await().atMost(PATIENCE).until(() -> all.bodies().size() >= 3);
      assertThat(a.bodies()).hasSize(100).allMatch(body -> body.startsWith("a"));
      assertThat(b.bodies()).hasSize(200).noneMatch(body -> body.startsWith("a"));
      assertThat(b.bodies()).noneMatch(body -> body.startsWith("d"));
      assertThat(all.bodies()).containsExactlyInAnyOrder("x", "y", "z");
      assertThat(gateway.sample("sluice_subscription_conflicts_total")).isZero();
    }
  }

  @Test
  void atASecondGatewayTheGroupsConsumersMustAskForTheSame() throws Exception {
    try (RunningGateway one = start("one", Map.of());
        RunningGateway two = start("two", Map.of());
        Client here = Client.to(one.grpc());
        Client there = Client.to(two.grpc())) {
      String producer = here.producer(topic);
      String early = there.consumer(of(topic, "b"));

      // given a stream at the first
      Reader first = here.read(here.consumer(of(topic, "a"))).acknowledging().awaitOpen();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(members())
                      .singleElement()
                      .asString()
                      .matches("sluice/.*:\\d+#[0-9a-f]+/1"));

      // then one that differs is refused at the second, early or late
      var created = there.stub().createConsumer(of(topic, "x"));
      assertThat(created.getSuccess()).isFalse();
      assertThat(created.getFailureCode()).isEqualTo(FailureCode.FAILED_PRECONDITION);
      assertThat(created.getMessage()).contains("filter: x (").contains(topic + ", a)");
      Reader refused = there.read(early);
      await().atMost(PATIENCE).until(() -> refused.end() != null);
      Status end = Objects.requireNonNull(refused.end());
      assertThat(end.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      assertThat(end.getDescription()).contains("filter: b (").contains(topic + ", a)");
      assertThat(two.sample("sluice_polls_total")).isZero();

      // and one that does not, takes its share
      Reader second = there.read(there.consumer(of(topic, "a"))).acknowledging().awaitOpen();
      assertThat(members()).hasSize(2);
      List<MessageToSend.Builder> messages = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        messages.add(tagged(i % 2 == 0 ? "a" : "b", i));
      }
      here.sendAll(producer, messages);
      await().atMost(PATIENCE).until(() -> first.bodies().size() + second.bodies().size() >= 100);
      var both = new ArrayList<>(first.bodies());
      both.addAll(second.bodies());
      assertThat(both).hasSize(100).doesNotHaveDuplicates().allMatch(body -> body.startsWith("a"));

      // and when all have gone, something else can be asked for
      first.cancel();
      second.cancel();
      await().atMost(PATIENCE).until(() -> members().isEmpty());
      Reader third = there.read(there.consumer(of(topic, "c"))).acknowledging().awaitOpen();
      here.sendAll(producer, List.of(tagged("c", 1)));
      await().atMost(PATIENCE).until(() -> third.bodies().equals(List.of("c1")));
    }
  }

  @Test
  void whereConflictsOnlyWarnBothGatewaysGoOnAndTellOfIt() throws Exception {
    var warning = Map.of("SUBSCRIPTION_CONFLICT", "warn");
    try (RunningGateway one = start("one", warning);
        RunningGateway two = start("two", warning);
        Client here = Client.to(one.grpc());
        Client there = Client.to(two.grpc())) {
      here.producer(topic);
      Reader first = here.read(here.consumer(of(topic, "a"))).awaitOpen();
      Reader second = there.read(there.consumer(of(topic, "b"))).awaitOpen();

      assertThat(two.sample("sluice_subscription_conflicts_total")).isEqualTo(1);
      await().atMost(PATIENCE).until(() -> one.sample("sluice_subscription_conflicts_total") == 1);
      two.process()
          .awaitLine(
              PATIENCE,
              line -> line.contains("ask for different messages") && line.contains("asks for a"));
      assertThat(first.end()).isNull();
      assertThat(second.end()).isNull();
    }
  }
}
