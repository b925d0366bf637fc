package dev.sluice.benchmarks.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Apache's RocketMQ proxy 5.5.0, in cluster mode, with its own defaults. */
public final class ApacheProxy {

  private ApacheProxy() {}

  /**
   * Starts it before a broker, and returns at once.
   *
   * @param root this repository, whose build has collected the proxy
   * @param work takes its files
   * @param nameServer {@code host:port}
   * @param port where it is to serve gRPC
   * @param heapMegabytes its heap, all of it from the start
   * @throws IOException where the build has not collected it
   */
  public static ServerProcess start(
      Path root, Path work, String nameServer, int port, int heapMegabytes) throws IOException {
    Path lib = root.resolve("benchmarks/peers/apache-proxy/target/lib");
    if (!Files.isDirectory(lib)) {
      throw new IOException(
          lib + ": missing (expected: mvn -pl benchmarks/peers/apache-proxy process-resources)");
    }
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
    command.add("-Xms" + heapMegabytes + "m");
    command.add("-Xmx" + heapMegabytes + "m");
    command.add("-Duser.home=" + home);
    command.add("-cp");
    command.add(lib + "/*");
    command.add("org.apache.rocketmq.proxy.ProxyStartup");
    command.add("-pc");
    command.add(configuration.toString());
    return ServerProcess.start(
        command, Map.of("ROCKETMQ_HOME", home.toString()), work.resolve("apache.log"));
  }

  /** Whether a line of its output says that it serves. */
  public static boolean saysReady(String line) {
    return line.contains("startup successfully");
  }
}
