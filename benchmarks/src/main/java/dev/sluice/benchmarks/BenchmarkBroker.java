package dev.sluice.benchmarks;

import dev.sluice.engines.RocketMQEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The broker that all servers of one run stand before. */
final class BenchmarkBroker implements AutoCloseable {

  private final Path root;
  private final String nameServer;
  private final @Nullable RocketMQEngine engine;

  private BenchmarkBroker(Path root, String nameServer, @Nullable RocketMQEngine engine) {
    this.root = root;
    this.nameServer = nameServer;
    this.engine = engine;
  }

  /**
   * Takes the broker behind a name server, or starts one with its data in the work folder.
   *
   * @param upstream a name server's {@code host:port}, or empty
   */
  static BenchmarkBroker start(Path root, Path work, String upstream) {
    if (!upstream.isEmpty()) {
      return new BenchmarkBroker(root, upstream, null);
    }
    RocketMQEngine engine =
        RocketMQEngine.start(
            RocketMQEngine.in(work.resolve("broker"))
                .libDirectory(root.resolve("engines/rocketmq-5/target/lib"))
                .heapMegabytes(1024)
                .build());
    return new BenchmarkBroker(root, engine.nameServerAddress(), engine);
  }

  String nameServer() {
    return nameServer;
  }

  /** Makes a topic, or keeps it. */
  String createTopic(String topic, int queues) throws IOException, InterruptedException {
    Process create =
        new ProcessBuilder(
                root.resolve("sluice").toString(),
                "topic",
                "create",
                topic,
                "--queues",
                Integer.toString(queues),
                "--upstream",
                nameServer)
            .inheritIO()
            .start();
    if (!create.waitFor(2, TimeUnit.MINUTES) || create.exitValue() != 0) {
      create.destroyForcibly();
      throw new IOException("topic " + topic + " was not created");
    }
    return topic;
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
  }
}
