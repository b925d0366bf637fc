package dev.sluice.endtoend;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;

/**
 * The official SDK's push consumers of a test, which leave together: each waits for the end of its
 * long polls when it closes, up to 20 seconds, or until its gateway ends and answers them.
 */
final class PushConsumers implements AutoCloseable {

  private static final Queue<CompletableFuture<Void>> LEAVING = new ConcurrentLinkedQueue<>();

  private final Queue<Closeable> all = new ConcurrentLinkedQueue<>();

  PushConsumer start(
      OfficialSdk sdk,
      String group,
      Map<String, FilterExpression> expressions,
      MessageListener listener)
      throws ClientException {
    return keep(sdk.push(group, expressions, listener));
  }

  /** Has one that is started already leave with the others. */
  <C extends Closeable> C keep(C consumer) {
    all.add(consumer);
    return consumer;
  }

  /**
   * Has those of the shared gateway begin to leave. They have left once it has ended, which waits
   * for them then.
   */
  void leave() {
    LEAVING.addAll(leaving());
  }

  /** Waits until all have left that began to. */
  static void awaitLeft() {
    for (var next = LEAVING.poll(); next != null; next = LEAVING.poll()) {
      next.join();
    }
  }

  @Override
  public void close() {
    leaving().forEach(CompletableFuture::join);
  }

  private List<CompletableFuture<Void>> leaving() {
    return all.stream()
        .map(each -> CompletableFuture.runAsync(() -> leave(each), Thread::startVirtualThread))
        .toList();
  }

  private static void leave(Closeable consumer) {
    try {
      consumer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
