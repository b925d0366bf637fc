package dev.sluice.benchmarks.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code ./sluice serve}, as users start it. */
public final class SluiceServer {

  private SluiceServer() {}

  /**
   * Starts it before a broker, and returns at once.
   *
   * @param root this repository; built first where its sources have changed
   * @param work takes its files
   * @param nameServer {@code host:port}
   * @param port where it is to serve gRPC
   */
  public static ServerProcess start(Path root, Path work, String nameServer, int port)
      throws IOException {
    return ServerProcess.start(
        List.of(root.resolve("sluice").toString(), "serve"),
        Map.of(
            "GRPC_PORT",
            Integer.toString(port),
            "METRICS_PORT",
            "0",
            "DATA_DIR",
            work.resolve("sluice-data").toString(),
            "UPSTREAM",
            nameServer),
        work.resolve("sluice.log"));
  }

  /** Whether a line of its output says that it serves. */
  public static boolean saysReady(String line) {
    return line.startsWith("Sluice is ready");
  }
}
