package dev.sluice.compatibility;

import dev.sluice.benchmarks.servers.BrokerSetup;
import dev.sluice.benchmarks.servers.ServerProcess;
import dev.sluice.rocketmq.remoting.TopicSpec;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One of the two servers, with topics at the broker that only it is asked for. */
final class Side implements AutoCloseable {

  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final String RUN = Long.toString(System.nanoTime(), 36);

  private final String name;
  private final ServerProcess process;
  private final ManagedChannel connection;
  private final BrokerSetup setup;
  private final Map<TopicSpec.MessageType, String> topics = new ConcurrentHashMap<>();

  Side(String name, ServerProcess process, int port, BrokerSetup setup) {
    this.name = name;
    this.process = process;
    this.connection =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(16 << 20)
            .build();
    this.setup = setup;
  }

  ManagedChannel connection() {
    return connection;
  }

  /** A name that nothing else has. */
  String fresh(String kind) {
    return "beside-%s-%s-%s-%d".formatted(RUN, name, kind, NAMES.incrementAndGet());
  }

  /** A topic of one queue, for all that is only sent or asked. */
  String topic(TopicSpec.MessageType type) {
    return topics.computeIfAbsent(type, this::freshTopic);
  }

  /** A new topic of one queue. */
  String freshTopic(TopicSpec.MessageType type) {
    String topic = fresh("topic");
    synchronized (setup) { // it is for one thread
      setup.topic(topic, 1, type);
    }
    return topic;
  }

  /** A new group that gets all that the topic has. */
  String group(String topic) {
    String group = fresh("group");
    synchronized (setup) {
      setup.groupFromTheStart(group, topic);
    }
    return group;
  }

  @Override
  public void close() {
    connection.shutdownNow();
    try {
      connection.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
