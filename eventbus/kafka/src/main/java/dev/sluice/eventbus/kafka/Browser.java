package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics without a group, one partition after the other, each time with a consumer of its own
 * that is closed afterwards.
 */
final class Browser {
  private static final Duration TIME = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MOST = 1000;

  private final Map<String, Object> properties;
  private final ChildThreads threads;

  Browser(Map<String, Object> properties, ChildThreads threads) {
    this.properties = properties;
    this.threads = threads;
  }

  CompletionStage<List<InboundMessage>> browse(String topic, @Nullable String from, int max) {
    if (max < 1 || max > MOST) {
      throw EventBusException.invalid("max", max, "1 to " + MOST);
    }
    Records.Position after = from == null ? null : Records.position(topic, from);
    var result = new CompletableFuture<List<InboundMessage>>();
    boolean started =
        threads.start(
            "browse",
            () -> {
              try {
                result.complete(read(topic, after, max));
              } catch (RuntimeException e) {
                result.completeExceptionally(Failures.asked(topic, e));
              }
            });
    if (!started) {
      result.completeExceptionally(
          EventBusException.of(Category.OVERLOADED, "too much is being read, or it is closed"));
    }
    return result;
  }

  private List<InboundMessage> read(String topic, Records.@Nullable Position after, int max) {
    Deadline deadline = Deadline.after(TIME);
    List<InboundMessage> found = new ArrayList<>();
    Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties);
    try {
      for (TopicPartition partition : partitions(consumer, topic, deadline)) {
        if (found.size() == max) {
          break;
        }
        if (after == null || partition.partition() >= after.partition()) {
          boolean here = after != null && partition.partition() == after.partition();
          long start = here && after != null ? after.offset() + 1 : 0;
          read(consumer, partition, start, max, found, deadline);
        }
      }
      return found;
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  private static List<TopicPartition> partitions(
      Consumer<?, ?> consumer, String topic, Deadline deadline) {
    List<PartitionInfo> known = consumer.partitionsFor(topic, deadline.remaining());
    if (known == null || known.isEmpty()) {
      throw Failures.noTopic(topic);
    }
    return known.stream()
        .map(each -> new TopicPartition(topic, each.partition()))
        .sorted(Comparator.comparingInt(TopicPartition::partition))
        .toList();
  }

  private static void read(
      Consumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long start,
      int max,
      List<InboundMessage> found,
      Deadline deadline) {
    Set<TopicPartition> one = Set.of(partition);
    consumer.assign(one);
    long begin = consumer.beginningOffsets(one, deadline.remaining()).getOrDefault(partition, 0L);
    long end = consumer.endOffsets(one, deadline.remaining()).getOrDefault(partition, 0L);
    consumer.seek(partition, Math.max(begin, start));
    while (found.size() < max && consumer.position(partition, deadline.remaining()) < end) {
      if (deadline.isPast()) {
        throw EventBusException.of(Category.TIMEOUT, partition + " was not read within " + TIME);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (found.size() < max) {
          found.add(Records.inbound(record));
        }
      }
    }
  }
}
