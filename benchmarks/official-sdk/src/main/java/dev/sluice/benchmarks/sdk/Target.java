package dev.sluice.benchmarks.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import picocli.CommandLine.Option;

/** The server under load, and the SDK's clients of it. */
final class Target {

  private static final Duration LEAVING = Duration.ofSeconds(3);

  private final ClientServiceProvider provider = ClientServiceProvider.loadService();

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--endpoint", required = true, description = "host:port of the server.")
  private String endpoint;

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--topic", required = true, description = "A topic that exists.")
  private String topic;

  /** A producer whose sends are made {@link #send}. */
  Producer producer() throws ClientException {
    return provider
        .newProducerBuilder()
        .setClientConfiguration(configuration())
        .setTopics(topic)
        .build();
  }

  CompletableFuture<SendReceipt> send(Producer producer, byte[] body) {
    Message message = provider.newMessageBuilder().setTopic(topic).setBody(body).build();
    return producer.sendAsync(message);
  }

  PushConsumer consumer(String group, int threads, MessageListener listener)
      throws ClientException {
    return provider
        .newPushConsumerBuilder()
        .setClientConfiguration(configuration())
        .setConsumerGroup(group)
        .setSubscriptionExpressions(Map.of(topic, FilterExpression.SUB_ALL))
        .setConsumptionThreadCount(threads)
        .setMessageListener(listener)
        .build();
  }

  /**
   * Has a consumer leave, and waits a few seconds for that. One that has handled all there is stays
   * until its long polls end, which disturbs nobody, or until the process does.
   */
  static void leave(PushConsumer consumer) throws InterruptedException {
    var _ = Thread.ofVirtual().start(() -> close(consumer)).join(LEAVING);
  }

  private static void close(PushConsumer consumer) {
    try {
      consumer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ClientConfiguration configuration() {
    return ClientConfiguration.newBuilder()
        .setEndpoints(endpoint)
        .setRequestTimeout(Duration.ofSeconds(10))
        .enableSsl(false)
        .build();
  }
}
