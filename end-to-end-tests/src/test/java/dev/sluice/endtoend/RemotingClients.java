package dev.sluice.endtoend;

import static dev.sluice.testkit.IsolatedJars.call;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.testkit.IsolatedJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * RocketMQ's own clients of the remoting protocol, the producers and the administrator's, as a
 * program beside the gateways. From the engine's jars, as they are made for another Netty than
 * ours.
 */
final class RemotingClients implements AutoCloseable {

  /** A busy machine may take longer than the three or five seconds that they have by default. */
  private static final int PATIENCE_MILLIS = 30_000;

  private static final String COMPRESSION =
      "org.apache.rocketmq.common.compression.CompressionType";

  private final IsolatedJars jars;
  private final String nameServer;

  private RemotingClients(IsolatedJars jars, String nameServer) {
    this.jars = jars;
    this.nameServer = nameServer;
  }

  static RemotingClients before(String nameServer) throws IOException {
    return before(nameServer, RocketMQVersion.V5);
  }

  /** Those of a version. */
  static RemotingClients before(String nameServer, RocketMQVersion version) throws IOException {
    try (Stream<Path> all = Files.list(version.builtLibDirectory())) {
      return new RemotingClients(
          IsolatedJars.open(all.filter(RemotingClients::isWanted).toList()), nameServer);
    }
  }

  /**
   * The servers' jars would make it log what they are set to log, the other makes it log at all.
   */
  private static boolean isWanted(Path jar) {
    String name = jar.getFileName().toString();
    return name.endsWith(".jar")
        && Stream.of("rocketmq-broker", "rocketmq-namesrv", "rocketmq-logback", "logback-")
            .noneMatch(name::startsWith);
  }

  /** A started producer. */
  final class Producer implements AutoCloseable {
    private final Object producer;

    private Producer() {
      producer =
          jars.make("org.apache.rocketmq.client.producer.DefaultMQProducer", "remoting-producers");
      call(producer, "setNamesrvAddr", nameServer);
      call(producer, "setMqClientApiTimeout", PATIENCE_MILLIS);
      call(producer, "setSendMsgTimeout", PATIENCE_MILLIS);
      call(producer, "start");
    }

    /** What has more than so many bytes is compressed from now on. */
    void compress(int over, String type, int level) {
      call(producer, "setCompressMsgBodyOverHowmuch", over);
      call(producer, "setCompressType", jars.constant(COMPRESSION, type));
      call(producer, "setCompressLevel", level);
    }

    /** Stores a message, and gives its id. */
    String send(String topic, byte[] body) {
      return jars.isolated(
          () -> {
            Object message =
                jars.make("org.apache.rocketmq.common.message.Message", topic, "", "", body);
            return (String) call(call(producer, "send", message), "getMsgId");
          });
    }

    @Override
    public void close() {
      call(producer, "shutdown");
    }
  }

  Producer producer() {
    return jars.isolated(Producer::new);
  }

  /**
   * A message as these clients show it.
   *
   * @param id its unique id
   * @param properties all of them, RocketMQ's own too
   */
  record Seen(String id, String body, Map<String, String> properties) {}

  /** Reads a topic from its beginning until there are so many messages, or for a minute. */
  List<Seen> read(String topic, int count) {
    return jars.isolated(
        () -> {
          Object consumer =
              jars.make(
                  "org.apache.rocketmq.client.consumer.DefaultLitePullConsumer",
                  "remoting-readers");
          call(consumer, "setNamesrvAddr", nameServer);
          call(consumer, "setMqClientApiTimeout", PATIENCE_MILLIS);
          call(consumer, "setAutoCommit", false);
          call(consumer, "start");
          try {
            Collection<?> queues = (Collection<?>) call(consumer, "fetchMessageQueues", topic);
            call(consumer, "assign", queues);
            queues.forEach(queue -> call(consumer, "seekToBegin", queue));
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < 60 && seen.size() < count; i++) {
              ((List<?>) call(consumer, "poll", 1000L)).forEach(each -> seen.add(seen(each)));
            }
            return seen;
          } finally {
            call(consumer, "shutdown");
          }
        });
  }

  @SuppressWarnings("unchecked") // What the official class declares.
  private static Seen seen(Object message) {
    return new Seen(
        (String) call(message, "getMsgId"),
        new String((byte[]) call(message, "getBody"), UTF_8),
        Map.copyOf((Map<String, String>) call(message, "getProperties")));
  }

  /** The administrator's client, started: what its console and its command line are made of. */
  final class Administrator implements AutoCloseable {
    private final Object admin;

    private Administrator() {
      admin =
          jars.make("org.apache.rocketmq.tools.admin.DefaultMQAdminExt", (long) PATIENCE_MILLIS);
      call(admin, "setNamesrvAddr", nameServer);
      call(admin, "setMqClientApiTimeout", PATIENCE_MILLIS);
      call(admin, "start");
    }

    /**
     * Makes a group that consumes the lite topics of a topic, or changes it.
     *
     * @param retries how often a message comes again
     * @param attributes further ones, names and values in turn
     */
    void liteGroup(String broker, String group, String topic, int retries, String... attributes) {
      var _ =
          jars.isolated(
              () -> {
                var all = new HashMap<String, String>();
                all.put("+lite.bind.topic", topic);
                for (int i = 0; i < attributes.length; i += 2) {
                  all.put("+" + attributes[i], attributes[i + 1]);
                }
                Object config =
                    jars.make(
                        "org.apache.rocketmq.remoting.protocol.subscription.SubscriptionGroupConfig");
                call(config, "setGroupName", group);
                call(config, "setConsumeMessageOrderly", true);
                call(config, "setRetryMaxTimes", retries);
                call(config, "setAttributes", all);
                call(admin, "createAndUpdateSubscriptionGroupConfig", broker, config);
                return config;
              });
    }

    /** The client ids of the group's members. */
    List<String> members(String group) {
      return jars.isolated(
          () ->
              ((Collection<?>)
                      call(call(admin, "examineConsumerConnectionInfo", group), "getConnectionSet"))
                  .stream().map(each -> (String) call(each, "getClientId")).toList());
    }

    /** What a member is doing, and what its threads do. */
    Object runningInfo(String group, String member) {
      return jars.isolated(() -> call(admin, "getConsumerRunningInfo", group, member, true));
    }

    /** Has a member consume a message; gives what came of it, by its name, and the remark. */
    String consume(String group, String member, String topic, String messageId) {
      return jars.isolated(
          () -> {
            Object result = call(admin, "consumeMessageDirectly", group, member, topic, messageId);
            return call(result, "getConsumeResult") + ": " + call(result, "getRemark");
          });
    }

    @Override
    public void close() {
      call(admin, "shutdown");
    }
  }

  Administrator administrator() {
    return jars.isolated(Administrator::new);
  }

  /** The administrator's command line. */
  static Child command(String nameServer, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(RocketMQEngineOptions.builtLibDirectory() + "/*");
    command.add("org.apache.rocketmq.tools.command.MQAdminStartup");
    command.addAll(List.of(arguments));
    command.addAll(List.of("-n", nameServer));
    return Child.start(Child.ROOT, Map.of(), command);
  }

  @Override
  public void close() throws IOException {
    // Those of 4.9.7 end after the client that they belong to.
    await().atMost(Duration.ofSeconds(30)).until(() -> !jars.hasThreads("NettyClient"));
    jars.close();
  }
}
