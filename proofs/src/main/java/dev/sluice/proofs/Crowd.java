package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.CleanupConsumerRequest;
import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.Message;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Many producers and consumers on some connections, all of whom use what they have. How they leave
 * is up to the caller.
 *
 * @param callers their connections
 * @param producers ids by connection
 * @param consumers ids by connection
 * @param received messages that came to all streams so far
 */
record Crowd(
    List<Caller> callers,
    List<List<String>> producers,
    List<List<String>> consumers,
    LongAdder received) {

  /** Upstream clients, topics and groups that any crowd of one name is spread over. */
  static final int INSTANCES = 5;

  static final int TOPICS = 5;
  static final int GROUPS = 10;

  /** What to do on a connection. */
  @FunctionalInterface
  private interface Task<T> {
    T on(int connection);
  }

  /**
   * Connects, creates, opens each consumer's stream, and sends one message with each producer.
   *
   * @param port the gateway's, or that of a network before it
   * @param each producers, and as many consumers, on each connection
   * @param acknowledging whether all acknowledge what they get; otherwise one in five never does
   */
  static Crowd gather(
      int port,
      EventLoopGroup loops,
      String name,
      int connections,
      int each,
      boolean acknowledging) {
    var callers = new ArrayList<Caller>();
    for (int i = 0; i < connections; i++) {
      callers.add(Caller.to(port, loops, name + "-" + i % INSTANCES));
    }
    var received = new LongAdder();
    List<List<String>> consumers =
        onAll(connections, i -> consume(callers.get(i), name, i, each, acknowledging, received));
    List<List<String>> producers = onAll(connections, i -> produce(callers.get(i), name, i, each));
    return new Crowd(callers, producers, consumers, received);
  }

  /** The groups that a crowd of this name joins. */
  static List<String> groups(String name) {
    var groups = new ArrayList<String>();
    for (int i = 0; i < GROUPS; i++) {
      groups.add(name + "-group-" + i);
    }
    return groups;
  }

  static String topic(String name, int number) {
    return name + "-topic-" + number % TOPICS;
  }

  private static List<String> consume(
      Caller caller,
      String name,
      int connection,
      int each,
      boolean acknowledging,
      LongAdder received) {
    var ids = new ArrayList<String>();
    Consumer<Message> noting = message -> received.increment();
    for (int i = 0; i < each; i++) {
      int group = (connection + i) % GROUPS;
      String id = caller.consumer(topic(name, group), name + "-group-" + group);
      boolean acknowledges = acknowledging || i % 5 != 0;
      ids.add(id);
      caller.stream(id, acknowledges ? new Acknowledging(caller, id, noting) : noting).readAll();
    }
    return ids;
  }

  private static List<String> produce(Caller caller, String name, int connection, int each) {
    var ids = new ArrayList<String>();
    var sent = new Sent();
    for (int i = 0; i < each; i++) {
      String id = caller.producer(topic(name, connection + i));
      caller.send(id, sent);
      ids.add(id);
    }
    return ids;
  }

  /** Cleans up all ids, and yields how many the gateway says that it has cleaned. */
  int cleanUp() {
    return onAll(callers.size(), this::cleanUp).stream().mapToInt(Integer::intValue).sum();
  }

  private int cleanUp(int connection) {
    Caller caller = callers.get(connection);
    int cleaned = 0;
    for (String id : producers.get(connection)) {
      cleaned +=
          caller
              .stub()
              .cleanupProducer(CleanupProducerRequest.newBuilder().setProducerId(id).build())
              .getCleanedCount();
    }
    for (String id : consumers.get(connection)) {
      cleaned +=
          caller
              .stub()
              .cleanupConsumer(CleanupConsumerRequest.newBuilder().setConsumerId(id).build())
              .getCleanedCount();
    }
    return cleaned;
  }

  /** Ends the connections in the usual way. */
  void disconnect() {
    callers.forEach(Caller::close);
  }

  private static <T> List<T> onAll(int connections, Task<T> task) {
    var results = new ArrayList<T>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<T>>();
      for (int i = 0; i < connections; i++) {
        int connection = i;
        futures.add(threads.submit(() -> task.on(connection)));
      }
      for (Future<T> future : futures) {
        results.add(future.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a client failed", e.getCause());
    }
    return results;
  }
}
