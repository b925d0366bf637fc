package dev.sluice.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server that is measured, Sluice among them. */
enum Peer {
  SLUICE {
    @Override
    Running start(Path root, Path work, String nameServer)
        throws IOException, InterruptedException {
      int port = Ports.free();
      var environment =
          Map.of(
              "GRPC_PORT", Integer.toString(port),
              "METRICS_PORT", Integer.toString(Ports.free()),
              "DATA_DIR", work.resolve("sluice-data").toString(),
              "UPSTREAM", nameServer);
      ServerProcess process =
          ServerProcess.start(
              List.of(root.resolve("sluice").toString(), "serve"),
              environment,
              work.resolve("sluice.log"),
              line -> line.contains("is ready"),
              START_TIMEOUT);
      return new Running(this, process, port);
    }
  },

  /** Apache's proxy 5.5.0, in cluster mode before the same broker, with its usual 1 GB heap. */
  APACHE {
    @Override
    Running start(Path root, Path work, String nameServer)
        throws IOException, InterruptedException {
      Path lib = root.resolve("benchmarks/peers/apache-proxy/target/lib");
      if (!Files.isDirectory(lib)) {
        throw new IOException(
            lib + " is missing: run mvn -f benchmarks/peers/apache-proxy/pom.xml package");
      }
      int port = Ports.free();
      Path home = Files.createDirectories(work.resolve("apache"));
      Path configuration = home.resolve("rmq-proxy.json");
      Files.writeString(
          configuration,
          """
          {"rocketMQClusterName": "DefaultCluster", "proxyMode": "CLUSTER", "namesrvAddr": "%s",
           "grpcServerPort": %d, "remotingListenPort": %d}
          """
              .formatted(nameServer, port, Ports.free()));
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      for (String opened : List.of("java.nio", "sun.nio.ch", "java.lang", "jdk.internal.ref")) {
        command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
      }
      command.add("--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");
      command.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
      command.add("-Xms1g");
      command.add("-Xmx1g");
      command.add("-Duser.home=" + home);
      command.add("-cp");
      command.add(lib + "/*");
      command.add("org.apache.rocketmq.proxy.ProxyStartup");
      command.add("-pc");
      command.add(configuration.toString());
      ServerProcess process =
          ServerProcess.start(
              command,
              Map.of("ROCKETMQ_HOME", home.toString()),
              work.resolve("apache.log"),
              line -> line.contains("startup successfully"),
              START_TIMEOUT);
      return new Running(this, process, port);
    }
  };

  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  /**
   * Starts it before a broker.
   *
   * @param root this repository
   * @param work a folder for its files
   */
  abstract Running start(Path root, Path work, String nameServer)
      throws IOException, InterruptedException;

  /** A started one. */
  record Running(Peer peer, ServerProcess process, int port) implements AutoCloseable {
    @Override
    public void close() {
      process.close();
    }
  }
}
