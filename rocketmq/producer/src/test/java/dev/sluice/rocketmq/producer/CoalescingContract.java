package dev.sluice.rocketmq.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single sends that share requests, at brokers of every version; the official client reads all. */
abstract class CoalescingContract {
  private static final int MANY = 300;

  /** So that most wait for others. */
  private static final Coalescing LIMITS = new Coalescing(32, 256 << 10, Duration.ofSeconds(1), 1);

  private ClusterFixture cluster;

  abstract RocketMQVersion version();

  @BeforeEach
  void connect(Ledger ledger) {
    cluster = new ClusterFixture(version(), ledger);
  }

  @AfterEach
  void disconnect() {
    cluster.close();
  }

  private List<SendResult> send(List<Message> messages) {
    Producer producer = cluster.producer(options -> options.coalescing(LIMITS));
    List<CompletableFuture<SendResult>> sends = messages.stream().map(producer::sendAsync).toList();
    return sends.stream().map(CompletableFuture::join).toList();
  }

  private Map<String, MessageExt> readAll(String topic, int count) throws Exception {
    try (OfficialReader reader = OfficialReader.of(cluster.nameServers, topic)) {
      return reader.read(count).stream()
          .collect(Collectors.toMap(MessageExt::getMsgId, Function.identity()));
    }
  }

  @Test
  void eachHasItsOwnResultAndTheOfficialClientReadsAllThatItHas() throws Exception {
    String topic = cluster.newTopic(4);
    List<Message> messages =
        IntStream.range(0, MANY)
            .mapToObj(
                i ->
                    Message.builder(topic, "body " + i)
                        .tag("tag" + i % 3)
                        .key("key-" + i)
                        .property("number", "no " + i)
                        .shardingKey("shard" + i % 5)
                        .flag(i)
                        .build())
            .toList();
    long before = System.currentTimeMillis();

    List<SendResult> results = send(messages);

    long after = System.currentTimeMillis();
    Map<String, MessageExt> read = readAll(topic, MANY);
    assertThat(read).hasSize(MANY);
    for (int i = 0; i < MANY; i++) {
      SendResult result = results.get(i);
      MessageExt stored = Objects.requireNonNull(read.get(result.messageId()), "a message");
      assertThat(new String(stored.getBody(), StandardCharsets.UTF_8)).isEqualTo("body " + i);
      assertThat(stored.getTags()).isEqualTo("tag" + i % 3);
      assertThat(stored.getKeys()).isEqualTo("key-" + i);
      assertThat(stored.getUserProperty("number")).isEqualTo("no " + i);
      assertThat(stored.getProperty("__SHARDINGKEY")).isEqualTo("shard" + i % 5);
      assertThat(stored.getFlag()).isEqualTo(i);
      assertThat(stored.getQueueId()).isEqualTo(result.queue().id());
      assertThat(stored.getQueueOffset()).isEqualTo(result.queueOffset());
      assertThat(stored.getBornTimestamp()).isBetween(before, after);
      String own = stored.getProperty("BORN_TIMESTAMP");
      if (own != null) {
        assertThat(Long.parseLong(own)).isBetween(stored.getBornTimestamp(), after);
      }
      assertThat(result.status()).isEqualTo(SendStatus.OK);
      assertThat(result.offsetMessageId()).isEqualTo(offsetId(stored));
    }
    assertThat(sharing(results)).as("messages behind another of their request").isPositive();
  }

  private static String offsetId(MessageExt stored) {
    return ((org.apache.rocketmq.common.message.MessageClientExt) stored).getOffsetMsgId();
  }

  /** How many are one behind the other in a queue, which is never so where each leaves alone. */
  private static long sharing(List<SendResult> results) {
    return IntStream.range(1, results.size())
        .filter(i -> results.get(i).queue().equals(results.get(i - 1).queue()))
        .count();
  }

  @Test
  void compressedBodiesLeaveWithTheirLike() throws Exception {
    String topic = cluster.newTopic(1);
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String text = i % 4 == 0 ? "small " + i : (i + " all work and no play ").repeat(500);
      messages.add(Message.builder(topic, text).build());
    }

    List<SendResult> results = send(messages);

    Map<String, MessageExt> read = readAll(topic, messages.size());
    for (int i = 0; i < messages.size(); i++) {
      MessageExt stored = Objects.requireNonNull(read.get(results.get(i).messageId()), "a message");
      assertThat(stored.getBody()).isEqualTo(messages.get(i).bytes());
      assertThat(stored.getStoreSize()).isLessThan(3_000);
    }
  }

  @Test
  void callersThatWaitShareRequestsToo() throws Exception {
    String topic = cluster.newTopic(2);
    Producer producer = cluster.producer(options -> options.coalescing(Coalescing.defaults()));
    List<SendResult> results = new ArrayList<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Message message = Message.builder(topic, "from caller " + i).build();
      callers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    SendResult result = producer.send(message);
                    synchronized (results) {
                      results.add(result);
                    }
                  }));
    }
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(results.stream().map(SendResult::messageId))
        .containsExactlyInAnyOrderElementsOf(readAll(topic, 50).keySet());
  }
}
