package dev.sluice.gateway.backend.rocketmq;

import static dev.sluice.testkit.IsolatedJars.call;

import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.testkit.IsolatedJars;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * RocketMQ's own Java client, from the engine's jars and in a class loader of its own: it is made
 * for another version of Netty than ours.
 */
final class OfficialClient implements AutoCloseable {
  private static final String CLIENT = "org.apache.rocketmq.client.";

  private final IsolatedJars jars;
  private final String nameServer;

  private OfficialClient(IsolatedJars jars, String nameServer) {
    this.jars = jars;
    this.nameServer = nameServer;
  }

  static OfficialClient open(String nameServer) throws IOException {
    try (Stream<Path> jars = Files.list(RocketMQEngineOptions.builtLibDirectory())) {
      return new OfficialClient(
          IsolatedJars.open(jars.filter(OfficialClient::isWanted).toList()), nameServer);
    }
  }

  /**
   * A message as the official client shows it.
   *
   * @param id its unique id
   * @param properties all of them, RocketMQ's own too
   */
  record Seen(String id, String body, Map<String, String> properties) {}

  /** Sends one message that is compressed when it has more than so many bytes; gives its id. */
  String send(
      String topic,
      String tag,
      String keys,
      Map<String, String> properties,
      byte[] body,
      int compressOver) {
    return jars.isolated(
        () -> {
          Object producer = jars.make(CLIENT + "producer.DefaultMQProducer", "official-producer");
          call(producer, "setNamesrvAddr", nameServer);
          call(producer, "setCompressMsgBodyOverHowmuch", compressOver);
          call(producer, "start");
          try {
            Object message =
                jars.make("org.apache.rocketmq.common.message.Message", topic, tag, keys, body);
            properties.forEach((name, value) -> call(message, "putUserProperty", name, value));
            return (String) call(call(producer, "send", message), "getMsgId");
          } finally {
            call(producer, "shutdown");
          }
        });
  }

  /** Reads the topic from its beginning until there are so many messages. */
  List<Seen> read(String topic, int count) {
    return jars.isolated(
        () -> {
          Object consumer =
              jars.make(CLIENT + "consumer.DefaultLitePullConsumer", "official-consumer");
          call(consumer, "setNamesrvAddr", nameServer);
          call(consumer, "setAutoCommit", false);
          call(consumer, "start");
          try {
            Collection<?> queues = (Collection<?>) call(consumer, "fetchMessageQueues", topic);
            call(consumer, "assign", queues);
            queues.forEach(queue -> call(consumer, "seekToBegin", queue));
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < 20 && seen.size() < count; i++) {
              ((List<?>) call(consumer, "poll", 1000L)).forEach(each -> seen.add(seen(each)));
            }
            return seen;
          } finally {
            call(consumer, "shutdown");
          }
        });
  }

  /** A consumer of the usual kind, which shares a topic's queues with the others of its group. */
  final class PushConsumer implements AutoCloseable {
    private final Object consumer;
    private final String topic;
    private final Set<String> bodies = ConcurrentHashMap.newKeySet();

    private PushConsumer(String group, String topic, String tags) {
      this.topic = topic;
      this.consumer = jars.make(CLIENT + "consumer.DefaultMQPushConsumer", group);
      call(consumer, "setNamesrvAddr", nameServer);
      call(consumer, "subscribe", topic, tags);
      call(consumer, "registerMessageListener", listener());
      call(consumer, "start");
    }

    private Object listener() {
      Object success =
          jars.constant(CLIENT + "consumer.listener.ConsumeConcurrentlyStatus", "CONSUME_SUCCESS");
      return jars.implement(
          CLIENT + "consumer.listener.MessageListenerConcurrently",
          (proxy, method, arguments) -> {
            ((List<?>) arguments[0]).forEach(each -> bodies.add(seen(each).body()));
            return success;
          });
    }

    /** How many of the topic's queues are its own now, having looked at the group's members. */
    int queues() {
      return jars.isolated(
          () -> {
            Object implementation = call(consumer, "getDefaultMQPushConsumerImpl");
            call(implementation, "tryRebalance");
            Map<?, ?> queues =
                (Map<?, ?>) call(call(implementation, "getRebalanceImpl"), "getProcessQueueTable");
            return (int)
                queues.keySet().stream()
                    .filter(queue -> topic.equals(call(queue, "getTopic")))
                    .count();
          });
    }

    /** What it has consumed. */
    Set<String> bodies() {
      return bodies;
    }

    @Override
    public void close() {
      var _ = jars.isolated(() -> call(consumer, "shutdown"));
    }
  }

  /** Starts a consumer of a group. */
  PushConsumer consume(String group, String topic, String tags) {
    return jars.isolated(() -> new PushConsumer(group, topic, tags));
  }

  @SuppressWarnings("unchecked") // a message's properties are strings
  private static Seen seen(Object message) {
    return new Seen(
        (String) call(message, "getMsgId"),
        new String((byte[]) call(message, "getBody"), StandardCharsets.UTF_8),
        Map.copyOf((Map<String, String>) call(message, "getProperties")));
  }

  /**
   * The servers' jars would make it log what they are set to log, the other makes it log at all.
   */
  private static boolean isWanted(Path jar) {
    String name = jar.getFileName().toString();
    return name.endsWith(".jar")
        && Stream.of("rocketmq-broker", "rocketmq-namesrv", "rocketmq-logback")
            .noneMatch(name::startsWith);
  }

  @Override
  public void close() throws IOException {
    jars.close();
  }
}
