package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.engines.RocketMQEngineOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

  private final URLClassLoader classes;
  private final String nameServer;

  private OfficialClient(URLClassLoader classes, String nameServer) {
    this.classes = classes;
    this.nameServer = nameServer;
  }

  static OfficialClient open(String nameServer) throws IOException {
    try (Stream<Path> jars = Files.list(RocketMQEngineOptions.builtLibDirectory())) {
      URL[] urls =
          jars.filter(OfficialClient::isWanted).map(OfficialClient::url).toArray(URL[]::new);
      return new OfficialClient(
          new URLClassLoader(urls, ClassLoader.getPlatformClassLoader()), nameServer);
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
    return isolated(
        () -> {
          Object producer = make(CLIENT + "producer.DefaultMQProducer", "official-producer");
          call(producer, "setNamesrvAddr", nameServer);
          call(producer, "setCompressMsgBodyOverHowmuch", compressOver);
          call(producer, "start");
          try {
            Object message =
                make("org.apache.rocketmq.common.message.Message", topic, tag, keys, body);
            properties.forEach((name, value) -> call(message, "putUserProperty", name, value));
            return (String) call(call(producer, "send", message), "getMsgId");
          } finally {
            call(producer, "shutdown");
          }
        });
  }

  /** Reads the topic from its beginning until there are so many messages. */
  List<Seen> read(String topic, int count) {
    return isolated(
        () -> {
          Object consumer = make(CLIENT + "consumer.DefaultLitePullConsumer", "official-consumer");
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
      this.consumer = make(CLIENT + "consumer.DefaultMQPushConsumer", group);
      call(consumer, "setNamesrvAddr", nameServer);
      call(consumer, "subscribe", topic, tags);
      call(consumer, "registerMessageListener", listener());
      call(consumer, "start");
    }

    private Object listener() {
      try {
        Class<?> type = classes.loadClass(CLIENT + "consumer.listener.MessageListenerConcurrently");
        Class<?> status = classes.loadClass(CLIENT + "consumer.listener.ConsumeConcurrentlyStatus");
        Object success = status.getEnumConstants()[0];
        return Proxy.newProxyInstance(
            classes,
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "consumeMessage" -> {
                    ((List<?>) arguments[0]).forEach(each -> bodies.add(seen(each).body()));
                    yield success;
                  }
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> false;
                  default -> "listener";
                });
      } catch (ClassNotFoundException e) {
        throw new LinkageError("listener", e);
      }
    }

    /** How many of the topic's queues are its own now, having looked at the group's members. */
    int queues() {
      return isolated(
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
      var _ = isolated(() -> call(consumer, "shutdown"));
    }
  }

  /** Starts a consumer of a group. */
  PushConsumer consume(String group, String topic, String tags) {
    return isolated(() -> new PushConsumer(group, topic, tags));
  }

  @SuppressWarnings("unchecked") // a message's properties are strings
  private static Seen seen(Object message) {
    return new Seen(
        (String) call(message, "getMsgId"),
        new String((byte[]) call(message, "getBody"), StandardCharsets.UTF_8),
        Map.copyOf((Map<String, String>) call(message, "getProperties")));
  }

  @FunctionalInterface
  private interface Work<T> {
    T run();
  }

  private <T> T isolated(Work<T> work) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(classes);
    try {
      return work.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private Object make(String type, Object... arguments) {
    try {
      for (Constructor<?> each : classes.loadClass(type).getConstructors()) {
        if (fits(each.getParameterTypes(), arguments)) {
          return each.newInstance(arguments);
        }
      }
      throw new AssertionError(type + ": no constructor for " + Arrays.toString(arguments));
    } catch (InvocationTargetException e) {
      throw new AssertionError(type, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type, e);
    }
  }

  private static Object call(Object target, String name, Object... arguments) {
    try {
      for (Method each : target.getClass().getMethods()) {
        if (each.getName().equals(name) && fits(each.getParameterTypes(), arguments)) {
          return each.invoke(target, arguments);
        }
      }
      throw new AssertionError(name + ": no method for " + Arrays.toString(arguments));
    } catch (InvocationTargetException e) {
      throw new AssertionError(name, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name, e);
    }
  }

  private static boolean fits(Class<?>[] parameters, Object[] arguments) {
    if (parameters.length != arguments.length) {
      return false;
    }
    for (int i = 0; i < parameters.length; i++) {
      boolean fits =
          parameters[i].isInstance(arguments[i])
              || (parameters[i] == int.class && arguments[i] instanceof Integer)
              || (parameters[i] == long.class && arguments[i] instanceof Long)
              || (parameters[i] == boolean.class && arguments[i] instanceof Boolean);
      if (!fits) {
        return false;
      }
    }
    return true;
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

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    classes.close();
  }
}
