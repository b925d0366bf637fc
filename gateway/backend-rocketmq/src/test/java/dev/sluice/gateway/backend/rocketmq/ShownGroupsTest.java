package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.RemotingOptions;
import dev.sluice.rocketmq.requests.GroupConnections;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What administrators and classic members see of groups that gateways consume in. */
class ShownGroupsTest {
  private static final Filter TAGS = new Filter(Filter.Type.TAG, "a||b");
  private static final int QUEUES = 4;

  /** Longer than a group is left alone between two looks at its members. */
  private static final Duration LATER = Duration.ofSeconds(90);

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private final String nameServer = SharedEngine.rocketmq5().nameServerAddress();
  private final String group = TopicNames.unique("shown");
  private UpstreamFixture gateway;
  private UpstreamFixture other;
  private OfficialClient official;
  private RemotingClient administrator;
  private String topic;

  @BeforeEach
  void start() throws IOException {
    gateway = UpstreamFixture.start(LOOPS, nameServer);
    other = UpstreamFixture.start(LOOPS, nameServer);
    official = OfficialClient.open(nameServer);
    administrator =
        RemotingClient.create(
            RemotingOptions.builder(nameServer).build(),
            LOOPS.eventLoops(),
            Ledger.create(),
            Clock.system());
    administrator.start();
    topic = gateway.newTopic(QUEUES, MessageKind.NORMAL);
  }

  @AfterEach
  void close() throws IOException {
    assertThat(administrator.close(Deadline.after(Duration.ofSeconds(10))).clean()).isTrue();
    official.close();
    other.close();
    gateway.close();
  }

  @Test
  void administratorsSeeEachGatewayOnceWithItsNumberOfClients() {
    join(gateway, "one", 2);
    join(other, "two", 3);
    String second = gateway.newTopic(1, MessageKind.NORMAL);
    UpstreamFixture.run(
        done -> gateway.upstream.join(new Membership(second, group, Filter.ALL, "one", 1), done));

    assertThat(shown())
        .hasSize(2)
        .anyMatch(id -> id.startsWith("sluice/one/"))
        .contains("sluice/two/3");
    await().atMost(LATER).until(() -> shown().equals(List.of("sluice/one/3", "sluice/two/3")));

    join(gateway, "one", 7);
    await().atMost(LATER).until(() -> shown().equals(List.of("sluice/one/8", "sluice/two/3")));
  }

  @Test
  void classicMemberThatWasThereKeepsAllItsQueues() {
    try (var classic = official.consume(group, topic, "x || y")) {
      await().atMost(LATER).until(() -> classic.queues() == QUEUES);

      join(gateway, "one", 1);

      GroupMembers members = members();
      assertThat(members.gateways()).isEmpty();
      assertThat(members.others()).hasSize(1);
      assertThat(members.othersFilter()).isEqualTo(new Filter(Filter.Type.TAG, "x || y"));
      assertThat(classic.queues()).isEqualTo(QUEUES);
    }
    await("shown when it has gone")
        .atMost(LATER)
        .until(() -> shown().equals(List.of("sluice/one/1")));
  }

  @Test
  void classicMemberThatComesLaterGetsAllQueuesAndWhatItAsksFor() {
    join(gateway, "one", 1);
    assertThat(members().gateways()).containsExactly("one");

    try (var classic = official.consume(group, topic, "x")) {
      await().atMost(LATER).until(() -> classic.queues() == QUEUES);
      assertThat(shown()).hasSize(1).noneMatch(id -> id.startsWith("sluice/"));
      assertThat(members().othersFilter()).isEqualTo(new Filter(Filter.Type.TAG, "x"));
    }
  }

  private void join(UpstreamFixture through, String member, int clients) {
    UpstreamFixture.run(
        done -> through.upstream.join(new Membership(topic, group, TAGS, member, clients), done));
  }

  private GroupMembers members() {
    return UpstreamFixture.get(done -> other.upstream.members(topic, group, done));
  }

  /** As the administrators' tools list the group's connections. */
  private List<String> shown() {
    List<GroupConnections> brokers =
        FutureReply.await(reply -> administrator.memberships().members(group, reply));
    return brokers.stream()
        .flatMap(broker -> broker.members().stream())
        .map(GroupConnections.Member::clientId)
        .sorted()
        .toList();
  }
}
