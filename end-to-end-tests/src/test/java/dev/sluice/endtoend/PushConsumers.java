package dev.sluice.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;

/**
 * The official SDK's push consumers of a test, which leave together: each waits for the end of its
 * long polls when it closes, up to 20 seconds.
 */
final class PushConsumers implements AutoCloseable {

  private final Queue<PushConsumer> all = new ConcurrentLinkedQueue<>();

  PushConsumer start(
      OfficialSdk sdk,
      String group,
      Map<String, FilterExpression> expressions,
      MessageListener listener)
      throws ClientException {
    PushConsumer consumer = sdk.push(group, expressions, listener);
    all.add(consumer);
    return consumer;
  }

  @Override
  public void close() {
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      all.stream()
          .map(each -> CompletableFuture.runAsync(() -> leave(each), executor))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }

  private static void leave(PushConsumer consumer) {
    try {
      consumer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
