package dev.sluice.benchmarks.load;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.producer.Coalescing;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerOptions;
import java.time.Duration;

/** Sluice's client under load. */
public final class SluiceLoad implements Sender {
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  private final Producer producer;
  private final String topic;

  private SluiceLoad(Producer producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  /** Runs it; ends the process. */
  public static void main(String[] arguments) {
    ClientLoad.run(SluiceLoad::open, arguments);
  }

  private static Sender open(String nameServer, String topic, boolean coalescing) {
    ProducerOptions.Builder options =
        ProducerOptions.builder(ClientOptions.builder(nameServer).build(), "client-load");
    if (coalescing) {
      options.coalescing(Coalescing.defaults());
    }
    Producer producer = Producer.create(options.build());
    producer.start();
    return new SluiceLoad(producer, topic);
  }

  @Override
  public void send(byte[] body) {
    var _ = producer.send(message(body));
  }

  @Override
  public void sendAsync(byte[] body, End end) {
    var _ = producer.sendAsync(message(body)).whenComplete((result, failure) -> end.ended(failure));
  }

  private Message message(byte[] body) {
    return Message.builder(topic, body).build();
  }

  @Override
  public void close() {
    var _ = producer.close(CLOSE_TIME);
  }
}
