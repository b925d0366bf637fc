package dev.sluice.endtoend;

import static dev.sluice.testkit.IsolatedJars.call;

import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.testkit.IsolatedJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * RocketMQ's own clients of the remoting protocol, the producers and the administrator's, as a
 * program beside the gateways. From the engine's jars, as they are made for another Netty than
 * ours.
 */
final class RemotingClients implements AutoCloseable {

  private static final String COMPRESSION =
      "org.apache.rocketmq.common.compression.CompressionType";

  private final IsolatedJars jars;
  private final String nameServer;

  private RemotingClients(IsolatedJars jars, String nameServer) {
    this.jars = jars;
    this.nameServer = nameServer;
  }

  static RemotingClients before(String nameServer) throws IOException {
    try (Stream<Path> all = Files.list(RocketMQEngineOptions.builtLibDirectory())) {
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
        && Stream.of("rocketmq-broker", "rocketmq-namesrv", "rocketmq-logback")
            .noneMatch(name::startsWith);
  }

  /** A started producer. */
  final class Producer implements AutoCloseable {
    private final Object producer;

    private Producer() {
      producer =
          jars.make("org.apache.rocketmq.client.producer.DefaultMQProducer", "remoting-producers");
      call(producer, "setNamesrvAddr", nameServer);
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

  @Override
  public void close() throws IOException {
    jars.close();
  }
}
