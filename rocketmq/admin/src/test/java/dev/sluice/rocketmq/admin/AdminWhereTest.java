package dev.sluice.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.EngineException;
import dev.sluice.engines.EnginePort;
import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Topics and groups at some of several brokers: one of 5.5.0 in one cluster and one of 4.9.7 in
 * another one, which the same name server tells of.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // Two engines, as each takes its time.
class AdminWhereTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Path directory;
  private RocketMQEngine west;
  private RocketMQEngine east;
  private Admin admin;

  @BeforeAll
  void startEngines(@TempDir Path directory) {
    this.directory = directory;
    west = engine("west", RocketMQVersion.V5).start();
    east = beside();
  }

  @AfterAll
  void closeEngines() {
    east.close(Deadline.after(PATIENCE));
    west.close(Deadline.after(PATIENCE));
  }

  @BeforeEach
  void start(Ledger ledger) {
    admin =
        new DefaultAdmin(
            ClientOptions.builder(west.nameServerAddress())
                .instanceName(TopicNames.unique("admin"))
                .callTimeout(Duration.ofSeconds(30))
                .build(),
            new ClientRuntimes(ledger, Clock.system()));
    admin.start();
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> brokers().equals(Map.of("west", "West", "east", "East")));
  }

  @AfterEach
  void close() {
    admin.close(PATIENCE);
  }

  private RocketMQEngineOptions.Builder engine(String name, RocketMQVersion version) {
    return RocketMQEngine.in(directory.resolve(name))
        .version(version)
        .quickStart()
        .brokerSetting("brokerName", name)
        .brokerSetting("brokerClusterName", name.equals("west") ? "West" : "East");
  }

  /** One whose broker is also told of by the first one's name server. */
  private RocketMQEngine beside() {
    for (int attempt = 1; ; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try {
        return engine("east", RocketMQVersion.V4)
            .nameServerPort(EnginePort.exactly(port))
            .brokerSetting("namesrvAddr", "127.0.0.1:" + port + ';' + west.nameServerAddress())
            .start();
      } catch (EngineException e) {
        if (e.reason() != EngineException.Reason.PORT_IN_USE || attempt == 10) {
          throw e;
        }
      }
    }
  }

  private Map<String, String> brokers() {
    return admin.brokers().stream()
        .collect(Collectors.toMap(BrokerNode::name, BrokerNode::cluster));
  }

  /** How many queues of a topic the brokers have. */
  private Map<String, Integer> queues(String topic) {
    return admin.route(topic).brokers().stream()
        .collect(Collectors.toMap(place -> place.broker().name(), TopicRoute.Place::readQueues));
  }

  private void awaitQueues(String topic, Map<String, Integer> expected) {
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(RocketMQException.class)
        .untilAsserted(() -> assertThat(queues(topic)).isEqualTo(expected));
  }

  @Test
  void topicsAndGroupsAreWhereTheyWereWanted() throws Exception {
    String topic = TopicNames.unique("somewhere");
    admin.createTopic(TopicSettings.of(topic, 3), Where.cluster("East"));
    awaitQueues(topic, Map.of("east", 3));
    admin.createTopic(TopicSettings.of(topic, 5), Where.brokers("west"));
    awaitQueues(topic, Map.of("east", 3, "west", 5));
    admin.createTopic(TopicSettings.of(topic, 2), Where.brokers("west", "east"));
    awaitQueues(topic, Map.of("east", 2, "west", 2));

    String inCluster = TopicNames.unique("in-cluster");
    String atBroker = TopicNames.unique("at-broker");
    String everywhere = TopicNames.unique("everywhere");
    admin.createGroup(GroupSettings.of(inCluster), Where.cluster("West"));
    admin.createGroup(GroupSettings.of(atBroker), Where.brokers("east"));
    admin.createGroup(GroupSettings.of(everywhere));

    assertThat(groups(west)).contains(inCluster, everywhere).doesNotContain(atBroker);
    assertThat(groups(east)).contains(atBroker, everywhere).doesNotContain(inCluster);
  }

  /** As the official admin finds them at one broker. */
  private static Set<String> groups(RocketMQEngine at) throws Exception {
    DefaultMQAdminExt official = new DefaultMQAdminExt(30_000);
    official.setNamesrvAddr(at.nameServerAddress());
    official.setInstanceName(TopicNames.unique("official"));
    official.start();
    try {
      return Set.copyOf(
          official
              .getAllSubscriptionGroup(at.brokerAddress(), 30_000)
              .getSubscriptionGroupTable()
              .keySet());
    } finally {
      official.shutdown();
    }
  }

  @Test
  void onlyTheBrokersThatAreMeantNeedToBeNewEnough() {
    TopicSettings topic = TopicSettings.of(TopicNames.unique("typed"), 2).withType(TopicType.FIFO);

    RocketMQException refused = AdminContract.refused(() -> admin.createTopic(topic));
    assertThat(refused.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(refused).hasMessageContaining("east runs V4_9_7");
    assertThat(AdminContract.refused(() -> admin.createTopic(topic, Where.cluster("East"))))
        .hasMessageContaining("east runs V4_9_7");
    admin.createTopic(topic, Where.cluster("West"));

    awaitQueues(topic.name(), Map.of("west", 2));
  }

  @Test
  void whatIsNotThereIsNamedAndNothingIsDone() {
    String topic = TopicNames.unique("nowhere");

    RocketMQException cluster =
        AdminContract.refused(
            () -> admin.createTopic(TopicSettings.of(topic, 1), Where.cluster("North")));
    RocketMQException broker =
        AdminContract.refused(
            () -> admin.createTopic(TopicSettings.of(topic, 1), Where.brokers("west", "north")));

    assertThat(cluster.category()).isEqualTo(Category.NOT_FOUND);
    assertThat(cluster).hasMessageContaining("cluster: North (expected: one of [East, West])");
    assertThat(broker.category()).isEqualTo(Category.NOT_FOUND);
    assertThat(broker).hasMessageContaining("broker: north (expected: one of [east, west])");
    assertThat(AdminContract.refused(() -> admin.route(topic)).category())
        .isEqualTo(Category.NOT_FOUND);
    assertThat(AdminContract.refused(() -> Where.brokers())).hasMessageContaining("brokers: none");
  }
}
