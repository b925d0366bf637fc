package dev.sluice.rocketmq.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.admin.ConsumeStats;
import org.apache.rocketmq.remoting.protocol.admin.TopicOffset;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an admin does with brokers of every version, beside what the official one says of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // One official admin, as each takes its time.
abstract class AdminContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String nameServers = SharedEngine.of(version()).nameServerAddress();
  private final List<String> topics = new ArrayList<>();
  Admin admin;
  private DefaultMQAdminExt official;

  abstract RocketMQVersion version();

  @BeforeAll
  void startOfficial() throws Exception {
    official = new DefaultMQAdminExt(30_000);
    official.setNamesrvAddr(nameServers);
    official.setInstanceName(TopicNames.unique("official"));
    official.start();
  }

  @AfterAll
  void closeOfficial() {
    official.shutdown();
  }

  @BeforeEach
  void start(Ledger ledger) {
    admin =
        new DefaultAdmin(
            ClientOptions.builder(nameServers)
                .instanceName(TopicNames.unique("admin"))
                .callTimeout(Duration.ofSeconds(30))
                .build(),
            new ClientRuntimes(ledger, Clock.system()));
    admin.start();
  }

  @AfterEach
  void close() {
    topics.forEach(admin::deleteTopic);
    topics.clear();
    admin.close(Duration.ofSeconds(30));
  }

  String newTopic(int queues) {
    TopicSettings topic = TopicSettings.of(TopicNames.unique("administered"), queues);
    create(topic);
    return topic.name();
  }

  private void create(TopicSettings topic) {
    topics.add(topic.name());
    admin.createTopic(topic);
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                admin.route(topic.name()).brokers().stream()
                    .allMatch(
                        place ->
                            place.readQueues() == topic.readQueues()
                                && place.permission() == topic.permission()));
  }

  private List<SendResult> send(String topic, String key, int count) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer(TopicNames.unique("producers"));
    producer.setNamesrvAddr(nameServers);
    producer.setInstanceName(TopicNames.unique("producer"));
    producer.setSendMsgTimeout(30_000);
    producer.start();
    try {
      List<SendResult> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(producer.send(new Message(topic, "tag", key, ("body " + i).getBytes(UTF_8))));
      }
      return sent;
    } finally {
      producer.shutdown();
    }
  }

  /** Queues show what they have stored a little later. */
  private void awaitStored(String topic, long count) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                admin.topicStatus(topic).stream().mapToLong(QueueStatus::maxOffset).sum() == count);
  }

  private static MessageQueue ours(org.apache.rocketmq.common.message.MessageQueue theirs) {
    return new MessageQueue(theirs.getTopic(), theirs.getBrokerName(), theirs.getQueueId());
  }

  static RocketMQException refused(ThrowingCallable call) {
    return catchThrowableOfType(RocketMQException.class, call);
  }

  @Test
  void topicsAreMadeChangedFoundAndDeleted() throws Exception {
    String topic = TopicNames.unique("administered");
    create(TopicSettings.of(topic, 4).withQueues(3, 2));

    TopicRoute route = admin.route(topic);

    TopicRouteData theirs = official.examineTopicRouteInfo(topic);
    assertThat(route.brokers()).hasSize(theirs.getBrokerDatas().size());
    TopicRoute.Place place = route.brokers().getFirst();
    assertThat(place.broker().name()).isEqualTo(theirs.getBrokerDatas().getFirst().getBrokerName());
    assertThat(place.broker().cluster()).isEqualTo(theirs.getBrokerDatas().getFirst().getCluster());
    assertThat(place.broker().addresses())
        .isEqualTo(theirs.getBrokerDatas().getFirst().getBrokerAddrs());
    assertThat(place.readQueues()).isEqualTo(3);
    assertThat(place.writeQueues()).isEqualTo(2);
    assertThat(place.permission()).isEqualTo(Permission.READ_WRITE);
    assertThat(admin.topics())
        .contains(topic)
        .containsAll(official.fetchAllTopicList().getTopicList().stream().limit(5).toList());

    create(TopicSettings.of(topic, 5).withPermission(Permission.READ));
    assertThat(admin.route(topic).brokers().getFirst().permission()).isEqualTo(Permission.READ);

    admin.deleteTopic(topic);
    assertThat(refused(() -> admin.route(topic)).category()).isEqualTo(Category.NOT_FOUND);
    assertThat(admin.topics()).doesNotContain(topic);
    admin.deleteTopic(topic);
  }

  @Test
  void queuesAreToldOfAsTheOfficialAdminDoes() throws Exception {
    String topic = newTopic(3);
    Instant before = Instant.now().minusSeconds(60);
    send(topic, "key", 10);
    awaitStored(topic, 10);

    List<QueueStatus> queues = admin.topicStatus(topic);

    assertThat(queues).hasSize(3);
    officialStatus(topic)
        .forEach(
            (queue, offset) ->
                assertThat(queues)
                    .filteredOn(each -> each.queue().equals(ours(queue)))
                    .singleElement()
                    .satisfies(
                        each -> {
                          assertThat(each.minOffset()).isEqualTo(offset.getMinOffset());
                          assertThat(each.maxOffset()).isEqualTo(offset.getMaxOffset());
                          assertThat(each.lastStored().map(Instant::toEpochMilli).orElse(0L))
                              .isEqualTo(offset.getLastUpdateTimestamp());
                        }));
    assertThat(queues.stream().mapToLong(QueueStatus::maxOffset).sum()).isEqualTo(10);
    for (QueueStatus each : queues) {
      assertThat(admin.minOffset(each.queue())).isZero();
      assertThat(admin.maxOffset(each.queue())).isEqualTo(each.maxOffset());
      assertThat(admin.offsetAt(each.queue(), before)).isZero();
      assertThat(admin.offsetAt(each.queue(), Instant.now().plusSeconds(3600)))
          .isEqualTo(version() == RocketMQVersion.V5 ? each.maxOffset() : each.maxOffset() - 1);
    }
  }

  /** The official admin asks 4.x brokers for what they do not know. */
  private Map<org.apache.rocketmq.common.message.MessageQueue, TopicOffset> officialStatus(
      String topic) throws Exception {
    return version() == RocketMQVersion.V5
        ? official.examineTopicStats(topic).getOffsetTable()
        : Map.of();
  }

  @Test
  void groupsAreMadeFollowedMovedAndDeleted() throws Exception {
    String topic = newTopic(2);
    String group = TopicNames.unique("group");
    Instant before = Instant.now().minusSeconds(60);
    send(topic, "key", 8);
    awaitStored(topic, 8);
    GroupSettings settings = GroupSettings.of(group).withRetries(3, RetryPolicy.USUAL);
    admin.createGroup(settings);
    assertThat(admin.group(group)).isEqualTo(settings);
    // The official admin finds a group's brokers by this topic alone.
    create(TopicSettings.of("%RETRY%" + group, 1));
    List<MessageQueue> queues = admin.topicStatus(topic).stream().map(QueueStatus::queue).toList();
    for (MessageQueue queue : queues) {
      admin.commit(group, queue, 1);
    }

    assertThat(admin.committed(group, queues.getFirst())).isEqualTo(OptionalLong.of(1));
    GroupProgress progress = admin.progress(group);

    Map<MessageQueue, Long> committed =
        progress.queues().stream()
            .collect(
                Collectors.toMap(GroupProgress.Position::queue, GroupProgress.Position::committed));
    assertThat(committed).containsAllEntriesOf(Map.of(queues.getFirst(), 1L, queues.getLast(), 1L));
    assertThat(progress.lag()).isEqualTo(6);
    if (version() == RocketMQVersion.V5) {
      ConsumeStats theirs = official.examineConsumeStats(group);
      assertThat(committed).containsOnlyKeys(keys(theirs));
      assertThat(theirs.computeTotalDiff()).isEqualTo(6);
      theirs
          .getOffsetTable()
          .forEach(
              (queue, offset) ->
                  assertThat(committed).containsEntry(ours(queue), offset.getConsumerOffset()));
    }
    assertThat(admin.members(group)).isEqualTo(new GroupMembers(List.of(), Map.of()));

    Map<MessageQueue, Long> moved = admin.resetOffsets(group, topic, before);

    assertThat(moved).containsOnlyKeys(queues).containsValue(0L).doesNotContainValue(1L);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(admin.committed(group, queues.getFirst())).hasValue(0));
    admin.deleteGroup(group, true);
    admin.deleteGroup(group, true);
  }

  private static MessageQueue[] keys(ConsumeStats stats) {
    return stats.getOffsetTable().keySet().stream()
        .map(AdminContract::ours)
        .toArray(MessageQueue[]::new);
  }

  @Test
  void messagesAreFoundByIdAndByKey() throws Exception {
    String topic = newTopic(2);
    SendResult sent = send(topic, "order-17", 1).getFirst();
    send(topic, "order-18", 2);

    ReceivedMessage found = admin.message(topic, sent.getOffsetMsgId());

    MessageExt theirs = official.viewMessage(topic, sent.getOffsetMsgId());
    assertThat(found.messageId()).isEqualTo(sent.getMsgId());
    assertThat(found.bodyBytes()).isEqualTo(theirs.getBody());
    assertThat(found.queueOffset()).isEqualTo(theirs.getQueueOffset());
    assertThat(found.queue()).isEqualTo(ours(sent.getMessageQueue()));
    assertThat(found.queue().id()).isEqualTo(theirs.getQueueId());
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(admin.messages(topic, "order-18", 10)).hasSize(2));
    assertThat(admin.messages(topic, "order-17", 10))
        .extracting(ReceivedMessage::messageId)
        .containsExactly(sent.getMsgId());
    assertThat(admin.messages(topic, sent.getMsgId(), 10))
        .extracting(ReceivedMessage::offsetMessageId)
        .containsExactly(sent.getOffsetMsgId());
    assertThat(admin.messages(topic, "order-19", 10)).isEmpty();
    assertThat(refused(() -> admin.message(topic, "F".repeat(32))).category())
        .isEqualTo(Category.NOT_FOUND);
    assertThat(refused(() -> admin.message(topic, "no id")).category())
        .isEqualTo(Category.INVALID_ARGUMENT);
  }

  @Test
  void brokersTellWhatTheyAre() throws Exception {
    List<BrokerNode> brokers = admin.brokers();

    assertThat(brokers)
        .extracting(BrokerNode::name)
        .containsExactlyInAnyOrderElementsOf(
            official.examineBrokerClusterInfo().getBrokerAddrTable().keySet());
    BrokerNode broker = brokers.getFirst();
    assertThat(admin.brokerVersion(broker.name())).startsWith(versionPrefix());
    assertThat(admin.brokerConfig(broker.name()))
        .containsEntry("brokerName", broker.name())
        .containsEntry(
            "maxMessageSize",
            official.getBrokerConfig(broker.master().orElseThrow()).getProperty("maxMessageSize"));
    assertThat(refused(() -> admin.brokerConfig("nobody")).category())
        .isEqualTo(Category.NOT_FOUND);
  }

  abstract String versionPrefix();

  @Test
  void failuresComeAsTheyAreInBothForms() {
    String missing = TopicNames.unique("missing");

    assertThat(refused(() -> admin.topicStatus(missing)).category()).isEqualTo(Category.NOT_FOUND);
    CompletionException failure =
        catchThrowableOfType(
            CompletionException.class, () -> admin.async().topicStatus(missing).join());
    assertThat(failure).hasCauseInstanceOf(RocketMQException.class);
    admin.close(Duration.ofSeconds(30));
    assertThat(refused(() -> admin.topics()).category()).isEqualTo(Category.UNAVAILABLE);
    assertThat(refused(admin::start)).hasMessageContaining("closed before");
  }
}
