package dev.sluice.eventbus.kafka;

import static org.awaitility.Awaitility.await;

import dev.sluice.engines.KafkaEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringSerializer;

/** The one broker of this module's tests, which some of them freeze or restart, and what it has. */
final class Broker {
  private static final int PORT_BEHIND = FreePort.ofLoopback();
  private static final FaultyNetwork NETWORK = network();
  private static final KafkaEngine ENGINE = start();

  private Broker() {}

  private static KafkaEngine start() {
    try {
      // Ends with this process; the build's folder is emptied by its own command.
      return KafkaEngine.in(Files.createTempDirectory("kafka-engine"))
          .network(PORT_BEHIND, NETWORK.port())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FaultyNetwork network() {
    try {
      return FaultyNetwork.start(
          Ledger.create(), new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT_BEHIND));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Before the broker, for those who come by {@link #serversBehind}. */
  static FaultyNetwork networkBefore() {
    return NETWORK;
  }

  /** The same broker, through a network that can break. */
  static String serversBehind() {
    return "127.0.0.1:" + NETWORK.port();
  }

  static KafkaEngine engine() {
    return ENGINE;
  }

  /** A new topic that no other test uses. */
  static String topic(String prefix, int partitions) {
    return topic(prefix, partitions, Map.of());
  }

  static String topic(String prefix, int partitions, Map<String, String> configuration) {
    String topic = TopicNames.unique(prefix);
    make(List.of(topic), partitions, configuration);
    return topic;
  }

  /** As {@link #topicThatComesToBe}, and waits until the broker serves it. */
  static void make(List<String> topics, int partitions, Map<String, String> configuration) {
    create(topics, partitions, configuration);
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (String topic : topics) {
      for (int i = 0; i < partitions; i++) {
        all.put(new TopicPartition(topic, i), OffsetSpec.latest());
      }
    }
    await().until(() -> isServed(all));
  }

  /** The client asks again by itself, but not where the broker has not heard of a topic at all. */
  private static boolean isServed(Map<TopicPartition, OffsetSpec> all) {
    try {
      ask(admin -> admin.listOffsets(all).all());
      return true;
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  /** A new topic that the controller has, and the broker may not have yet. */
  static String topicThatComesToBe(String prefix, int partitions) {
    String topic = TopicNames.unique(prefix);
    create(List.of(topic), partitions, Map.of());
    return topic;
  }

  private static void create(
      List<String> topics, int partitions, Map<String, String> configuration) {
    ask(
        admin ->
            admin
                .createTopics(
                    topics.stream()
                        .map(each -> new NewTopic(each, partitions, (short) 1))
                        .map(each -> each.configs(configuration))
                        .toList())
                .all());
  }

  /** How far a group has committed each partition that it has committed at all. */
  static Map<TopicPartition, Long> committed(String group) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    ask(admin -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach(
            (partition, committed) -> {
              if (committed != null) {
                offsets.put(partition, committed.offset());
              }
            });
    return offsets;
  }

  static long committed(String group, String topic, int partition) {
    return committed(group).getOrDefault(new TopicPartition(topic, partition), -1L);
  }

  /** Over all partitions of a topic. */
  static long committed(String group, String topic) {
    return committed(group).entrySet().stream()
        .filter(each -> each.getKey().topic().equals(topic))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  static void commit(String group, TopicPartition partition, long offset) {
    ask(
        admin ->
            admin
                .alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset)))
                .all());
  }

  static long end(String topic, int partition) {
    var which = new TopicPartition(topic, partition);
    return ask(admin ->
            admin.listOffsets(Map.of(which, OffsetSpec.latest())).partitionResult(which))
        .offset();
  }

  static int members(String group) {
    return ask(admin -> admin.describeConsumerGroups(List.of(group)).describedGroups().get(group))
        .members()
        .size();
  }

  /** As the group does with members of which it hears nothing. */
  static void removeMembers(String group) {
    ask(
        admin ->
            admin
                .removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                .all());
  }

  /** Kafka's own producer, for what ours does not do. */
  static KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("bootstrap.servers", ENGINE.bootstrapServers());
    return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
  }

  /** Fills a topic with {@code count} messages of {@code keys} keys, each saying its number. */
  static void fill(String topic, int count, int keys) {
    fill(topic, count, keys, i -> Integer.toString(i));
  }

  static void fill(String topic, int count, int keys, java.util.function.IntFunction<String> body) {
    // On a machine that is busy a record may take longer than Kafka's client waits by itself.
    Map<String, Object> patient =
        Map.of(
            "linger.ms", "5",
            "max.block.ms", "600000",
            "delivery.timeout.ms", "600000",
            "max.in.flight.requests.per.connection", "1");
    AtomicReference<Exception> failed = new AtomicReference<>();
    try (var producer = producer(patient)) {
      for (int i = 0; i < count; i++) {
        var unused =
            producer.send(
                new ProducerRecord<>(topic, "k" + i % keys, body.apply(i)),
                (place, failure) -> {
                  if (failure != null) {
                    failed.set(failure);
                  }
                });
      }
    }
    if (failed.get() != null) {
      throw new IllegalStateException("the topic was not filled", failed.get());
    }
  }

  private static <T> T ask(java.util.function.Function<Admin, KafkaFuture<T>> question) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", ENGINE.bootstrapServers()))) {
      return question.apply(admin).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
