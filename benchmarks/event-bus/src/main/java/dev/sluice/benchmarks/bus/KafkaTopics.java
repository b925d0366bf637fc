package dev.sluice.benchmarks.bus;

import dev.sluice.benchmarks.busload.SleepPlan;
import dev.sluice.benchmarks.busload.SleepingHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Topics of one partition with the messages of a plan. Blocks. */
final class KafkaTopics {

  private final String servers;

  KafkaTopics(String servers) {
    this.servers = servers;
  }

  /** Makes one, and returns when all is in it. */
  void fill(String topic, SleepPlan plan) throws InterruptedException {
    make(topic);
    AtomicReference<Exception> failure = new AtomicReference<>();
    // With several requests in flight the first batch to a new topic may be refused for ever
    // (KAFKA-15591).
    try (var producer =
        new KafkaProducer<String, byte[]>(
            Map.of(
                "bootstrap.servers", servers,
                "max.in.flight.requests.per.connection", "1",
                "linger.ms", "5"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < plan.count(); i++) {
        var _ =
            producer.send(
                new ProducerRecord<>(topic, plan.key(i), SleepingHandler.body(i)),
                (place, thrown) -> {
                  if (thrown != null) {
                    failure.compareAndSet(null, thrown);
                  }
                });
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException(topic + " was not filled", failure.get());
    }
  }

  private void make(String topic) throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(topic + " cannot be made", e.getCause());
    }
  }
}
