package dev.sluice.benchmarks.parallel;

import dev.sluice.benchmarks.busload.KeyedLoad;
import dev.sluice.benchmarks.busload.KeyedLoad.Work;
import dev.sluice.benchmarks.busload.SleepPlan;
import dev.sluice.benchmarks.busload.SleepingHandler;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Confluent's parallel consumer, with its own defaults. */
public final class ParallelConsumerDrain {

  private ParallelConsumerDrain() {}

  /** Runs it; ends the process. */
  public static void main(String[] arguments) {
    KeyedLoad.run(ParallelConsumerDrain::start, arguments);
  }

  private static AutoCloseable start(Work work, SleepingHandler handler) {
    var consumer =
        new KafkaConsumer<byte[], byte[]>(
            Map.of(
                "bootstrap.servers",
                work.servers(),
                "group.id",
                work.group(),
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    ParallelStreamProcessor<byte[], byte[]> processor =
        ParallelStreamProcessor.createEosStreamProcessor(
            ParallelConsumerOptions.<byte[], byte[]>builder()
                .consumer(consumer)
                .ordering(order(work.plan()))
                .maxConcurrency(work.concurrency())
                .build());
    processor.subscribe(List.of(work.topic()), new Assigned(handler));
    processor.poll(
        context -> {
          try {
            handler.handle(context.value());
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
          }
        });
    return processor::closeDontDrainFirst;
  }

  private static ProcessingOrder order(SleepPlan plan) {
    return plan.key(0) == null ? ProcessingOrder.UNORDERED : ProcessingOrder.KEY;
  }

  /** The clock starts when the topic is this member's. */
  private record Assigned(SleepingHandler handler) implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      handler.begin();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
  }
}
