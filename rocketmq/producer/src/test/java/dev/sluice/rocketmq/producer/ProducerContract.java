package dev.sluice.rocketmq.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What producers do with brokers of every version; the official client reads what they send. */
abstract class ProducerContract {
  ClusterFixture cluster;
  private Ledger ledger;

  abstract RocketMQVersion version();

  @BeforeEach
  void connect(Ledger given) {
    ledger = given;
    cluster = new ClusterFixture(version(), given);
  }

  @AfterEach
  void disconnect() {
    cluster.close();
  }

  OfficialReader official(String topic) throws Exception {
    return OfficialReader.of(cluster.nameServers, topic);
  }

  static String text(MessageExt message) {
    return new String(message.getBody(), UTF_8);
  }

  @Test
  void theOfficialClientReadsAllThatAMessageHas() throws Exception {
    String topic = cluster.newTopic(1);
    Message message =
        Message.builder(topic, "a body: ü")
            .tag("blue")
            .key("order-1")
            .key("order-2")
            .property("colour", "dark blue")
            .shardingKey("customer")
            .flag(77)
            .build();

    SendResult sent = cluster.producer().send(message);

    try (OfficialReader reader = official(topic)) {
      MessageExt read = reader.only();
      assertThat(text(read)).isEqualTo("a body: ü");
      assertThat(read.getTags()).isEqualTo("blue");
      assertThat(read.getKeys()).isEqualTo("order-1 order-2");
      assertThat(read.getUserProperty("colour")).isEqualTo("dark blue");
      assertThat(read.getProperty("__SHARDINGKEY")).isEqualTo("customer");
      assertThat(read.getFlag()).isEqualTo(77);
      assertThat(read.isWaitStoreMsgOK()).isTrue();
      assertThat(read.getMsgId()).isEqualTo(sent.messageId());
      assertThat(read.getQueueOffset()).isEqualTo(sent.queueOffset());
      assertThat(read.getQueueId()).isEqualTo(sent.queue().id());
      assertThat(read.getBrokerName()).isEqualTo(sent.queue().broker());
    }
    assertThat(sent.status()).isEqualTo(SendStatus.OK);
    assertThat(sent.queue().topic()).isEqualTo(topic);
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void theOfficialClientExpandsLargeBodies(Compression compression) throws Exception {
    String topic = cluster.newTopic(1);
    String large = "all work and no play ".repeat(1_000);
    Producer producer = cluster.producer(options -> options.compression(compression));

    producer.send(Message.builder(topic, large).build());
    producer.send(Message.builder(topic, "small").build());

    try (OfficialReader reader = official(topic)) {
      List<MessageExt> read = reader.read(2);
      assertThat(text(read.getFirst())).isEqualTo(large);
      assertThat(MessageSysFlag.getCompressionType(read.getFirst().getSysFlag()).name())
          .isEqualTo(compression.name());
      assertThat(read.getFirst().getStoreSize()).isLessThan(large.length() / 2);
      assertThat(text(read.getLast())).isEqualTo("small");
    }
  }

  @Test
  void asyncSendsCompleteOnVirtualThreadsWithTheirOwnResult() throws Exception {
    String topic = cluster.newTopic(2);
    Producer producer = cluster.producer();
    List<CompletableFuture<SendResult>> sends = new ArrayList<>();
    List<Boolean> virtual = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 50; i++) {
      sends.add(
          producer
              .sendAsync(Message.builder(topic, "number " + i).build())
              .whenComplete((result, failure) -> virtual.add(Thread.currentThread().isVirtual())));
    }

    Map<String, String> byId =
        IntStream.range(0, 50)
            .boxed()
            .collect(Collectors.toMap(i -> sends.get(i).join().messageId(), i -> "number " + i));

    assertThat(byId).hasSize(50);
    // But for those that are over before their stage is added, on this thread.
    assertThat(virtual).contains(true);
    try (OfficialReader reader = official(topic)) {
      List<MessageExt> read = reader.read(50);
      assertThat(read).hasSize(50);
      assertThat(read)
          .allSatisfy(each -> assertThat(byId).containsEntry(each.getMsgId(), text(each)));
    }
  }

  @Test
  void aBatchIsStoredInItsOrderWithAResultForEachMessage() throws Exception {
    String topic = cluster.newTopic(4);
    List<Message> messages =
        IntStream.range(0, 20)
            .mapToObj(i -> Message.builder(topic, "b" + i).tag("t" + i).key("k" + i).build())
            .toList();

    List<SendResult> results = cluster.producer().sendBatch(messages);

    try (OfficialReader reader = official(topic)) {
      List<MessageExt> read = reader.read(20);
      for (int i = 0; i < 20; i++) {
        assertThat(text(read.get(i))).isEqualTo("b" + i);
        assertThat(read.get(i).getTags()).isEqualTo("t" + i);
        assertThat(read.get(i).getKeys()).isEqualTo("k" + i);
        assertThat(read.get(i).getMsgId()).isEqualTo(results.get(i).messageId());
        assertThat(read.get(i).getQueueOffset()).isEqualTo(results.get(i).queueOffset());
        assertThat(read.get(i).getQueueId()).isEqualTo(results.get(i).queue().id());
      }
    }
  }

  @Test
  void messagesOfOneKeyStayInOrderInTheQueueThatTheOfficialClientTakes() throws Exception {
    String topic = cluster.newTopic(4);
    Producer producer = cluster.producer(options -> options.selector(QueueSelector.hash()));
    List<Future<?>> senders = new ArrayList<>();
    Map<String, SendResult> results = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int k = 0; k < 8; k++) {
        String key = "customer-" + k;
        senders.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    results.put(
                        key,
                        producer.send(
                            Message.builder(topic, Integer.toString(i)).shardingKey(key).build()));
                  }
                }));
      }
      for (Future<?> sender : senders) {
        sender.get();
      }
    }

    List<org.apache.rocketmq.common.message.MessageQueue> queues =
        IntStream.range(0, 4)
            .mapToObj(
                id -> new org.apache.rocketmq.common.message.MessageQueue(topic, "broker", id))
            .toList();
    try (OfficialReader reader = official(topic)) {
      Map<String, List<MessageExt>> read =
          reader.read(160).stream()
              .collect(Collectors.groupingBy(each -> each.getProperty("__SHARDINGKEY")));
      assertThat(read).hasSize(8);
      read.forEach(
          (key, messages) -> {
            assertThat(messages.stream().map(ProducerContract::text))
                .containsExactlyElementsOf(
                    IntStream.range(0, 20).mapToObj(Integer::toString).toList());
            int theirs = new SelectMessageQueueByHash().select(queues, null, key).getQueueId();
            assertThat(messages).allMatch(message -> message.getQueueId() == theirs);
            assertThat(results)
                .hasEntrySatisfying(key, last -> assertThat(last.queue().id()).isEqualTo(theirs));
          });
    }
  }

  @Test
  void roundRobinVisitsEveryQueueAndManualTheOne() {
    String topic = cluster.newTopic(4);
    Producer producer = cluster.producer();

    Map<Integer, Long> visits =
        IntStream.range(0, 8)
            .mapToObj(i -> producer.send(Message.builder(topic, "m").build()).queue().id())
            .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
    MessageQueue chosen =
        new MessageQueue(topic, cluster.route(topic).writable(2).broker().name(), 2);
    SendResult manual =
        producer.send(Message.builder(topic, "m").build(), QueueSelector.manual(chosen));

    assertThat(visits)
        .containsOnlyKeys(0, 1, 2, 3)
        .allSatisfy((id, n) -> assertThat(n).isEqualTo(2));
    assertThat(manual.queue()).isEqualTo(chosen);
    MessageQueue missing = new MessageQueue(topic, chosen.broker(), 9);
    RocketMQException refused =
        catchThrowableOfType(
            RocketMQException.class,
            () ->
                producer.send(Message.builder(topic, "m").build(), QueueSelector.manual(missing)));
    assertThat(refused.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(refused).hasMessageContaining(missing.toString());
  }

  @Test
  void aDelayLevelHoldsTheMessageBack() throws Exception {
    String topic = cluster.newTopic(1);

    SendResult sent =
        cluster.producer().send(Message.builder(topic, "later").delayLevel(2).build());

    try (OfficialReader reader = official(topic)) {
      MessageExt read = reader.only();
      assertThat(text(read)).isEqualTo("later");
      assertThat(read.getMsgId()).isEqualTo(sent.messageId());
      // Level 2 is 5 s; brokers look about every 100 ms.
      assertThat(read.getStoreTimestamp() - read.getBornTimestamp()).isGreaterThan(4_500);
    }
  }

  @Test
  void aOneWayMessageComesToo() throws Exception {
    String topic = cluster.newTopic(1);

    cluster.producer().sendOneWay(Message.builder(topic, "one way").tag("t").build());

    try (OfficialReader reader = official(topic)) {
      MessageExt read = reader.only();
      assertThat(text(read)).isEqualTo("one way");
      assertThat(read.getTags()).isEqualTo("t");
    }
  }

  @Test
  void aTopicIsCreatedByItsFirstMessageWithFourQueues() throws Exception {
    String topic = TopicNames.unique("created");

    SendResult sent = cluster.producer().send(Message.builder(topic, "first").build());

    assertThat(sent.status()).isEqualTo(SendStatus.OK);
    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(() -> cluster.route(topic).writableCount() == 4);
    try (OfficialReader reader = official(topic)) {
      assertThat(text(reader.only())).isEqualTo("first");
    }
  }

  @Test
  void aTopicIsCreatedWithAsManyQueuesAsTheProducerSays() {
    String topic = TopicNames.unique("created");

    cluster
        .producer(options -> options.createTopicQueues(6))
        .sendBatch(List.of(Message.builder(topic, "first").build()));

    Awaitility.await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptions()
        .until(() -> cluster.route(topic).writableCount() == 6);
  }

  @Test
  void aNamespaceIsPutBeforeTopicsAndNotShown() throws Exception {
    String plain = TopicNames.unique("spaced");
    cluster.newTopic("space%" + plain, 1);
    Producer producer =
        cluster.start(
            ProducerOptions.builder(
                    cluster.client().namespace("space").build(), TopicNames.unique("producers"))
                .sendTimeout(Duration.ofSeconds(30))
                .build());

    SendResult sent = producer.send(Message.builder(plain, "inside").build());

    assertThat(sent.queue().topic()).isEqualTo(plain);
    try (OfficialReader reader = official("space%" + plain)) {
      assertThat(text(reader.only())).isEqualTo("inside");
    }
  }

  @Test
  void theVipChannelIsTheBrokersSecondPort() {
    String topic = cluster.newTopic(1);
    int port =
        Objects.requireNonNull(cluster.route(topic).writable(0).broker().master()).port() - 2;
    Producer producer =
        cluster.start(
            ProducerOptions.builder(
                    cluster
                        .client()
                        .instanceName(TopicNames.unique("vip"))
                        .vipChannel(true)
                        .build(),
                    "producers")
                .sendTimeout(Duration.ofSeconds(30))
                .build());
    assertThat(ledger.toString()).doesNotContain(":" + port);

    SendResult sent = producer.send(Message.builder(topic, "m").build());

    assertThat(sent.status()).isEqualTo(SendStatus.OK);
    assertThat(ledger.toString()).contains("127.0.0.1:" + port);
  }

  @Test
  void interceptorsStandAroundEachSendInTheirOrder() throws Exception {
    String topic = cluster.newTopic(1);
    List<String> seen = new CopyOnWriteArrayList<>();
    Producer producer =
        cluster.producer(
            options ->
                options
                    .interceptor(noting("outer", seen))
                    .interceptor(
                        (call, next) ->
                            next.send(
                                call.with(
                                    List.of(
                                        Message.builder(topic, "replaced")
                                            .property("by", "an interceptor")
                                            .build()))))
                    .interceptor(noting("inner", seen)));

    SendResult sent = producer.send(Message.builder(topic, "original").build());

    assertThat(seen)
        .containsExactly("outer SINGLE 8 bytes", "inner SINGLE 8 bytes", "inner end", "outer end");
    try (OfficialReader reader = official(topic)) {
      MessageExt read = reader.only();
      assertThat(text(read)).isEqualTo("replaced");
      assertThat(read.getUserProperty("by")).isEqualTo("an interceptor");
      assertThat(read.getMsgId()).isEqualTo(sent.messageId());
    }
  }

  private static SendInterceptor noting(String name, List<String> seen) {
    return (call, next) -> {
      int bytes = call.messages().getFirst().body().remaining();
      seen.add(name + ' ' + call.kind() + ' ' + bytes + " bytes");
      return next.send(call)
          .thenApply(
              results -> {
                seen.add(name + " end");
                return results;
              });
    };
  }

  @Test
  void whatAnInterceptorThrowsFailsTheSendAndNothingElse() {
    String topic = cluster.newTopic(1);
    Producer producer =
        cluster.producer(
            options ->
                options.interceptor(
                    (call, next) -> {
                      if (call.messages().getFirst().tag().isPresent()) {
                        throw new IllegalStateException("not this one");
                      }
                      return next.send(call);
                    }));

    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class,
            () -> producer.send(Message.builder(topic, "m").tag("t").build()));

    assertThat(failure.category()).isEqualTo(Category.INTERNAL);
    assertThat(failure).hasMessageContaining("not this one");
    assertThat(producer.send(Message.builder(topic, "m").build()).status())
        .isEqualTo(SendStatus.OK);
  }

  @Test
  void whatIsTooLargeForABatchIsRefusedBeforeAnythingIsSent() {
    String topic = cluster.newTopic(1);
    Message large = Message.builder(topic, new byte[3 << 20]).build();

    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class, () -> cluster.producer().sendBatch(List.of(large, large)));

    assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining("bytes of a batch: 62");
  }
}
