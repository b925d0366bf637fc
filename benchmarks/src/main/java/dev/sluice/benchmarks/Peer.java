package dev.sluice.benchmarks;

import dev.sluice.benchmarks.servers.ApacheProxy;
import dev.sluice.benchmarks.servers.Ports;
import dev.sluice.benchmarks.servers.ServerProcess;
import dev.sluice.benchmarks.servers.SluiceServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A server that is measured, Sluice among them. */
enum Peer {
  /** gRPC's own cost: an echo, which only {@code SendMessage} can be asked of. */
  FLOOR {
    @Override
    ServerProcess process(Stage stage, int port) throws IOException {
      return ServerProcess.start(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "--sun-misc-unsafe-memory-access=allow",
              "-cp",
              System.getProperty("java.class.path"),
              Floor.class.getName(),
              Integer.toString(port)),
          Map.of(),
          stage.work().resolve("floor.log"));
    }

    @Override
    boolean saysReady(String line) {
      return line.equals(Floor.READY);
    }
  },

  SLUICE {
    @Override
    ServerProcess process(Stage stage, int port) throws IOException {
      return SluiceServer.start(stage.root(), stage.work(), stage.nameServer(), port);
    }

    @Override
    boolean saysReady(String line) {
      return SluiceServer.saysReady(line);
    }
  },

  /** Apache's proxy 5.5.0, in cluster mode before the same broker. */
  APACHE {
    @Override
    ServerProcess process(Stage stage, int port) throws IOException {
      return ApacheProxy.start(
          stage.root(),
          stage.work(),
          stage.nameServer(),
          port,
          stage.options().apacheHeapMegabytes);
    }

    @Override
    boolean saysReady(String line) {
      return ApacheProxy.saysReady(line);
    }
  };

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  abstract ServerProcess process(Stage stage, int port) throws IOException;

  abstract boolean saysReady(String line);

  /** Starts it and waits until it is ready. */
  Running start(Stage stage) throws IOException, InterruptedException {
    int port = Ports.free();
    ServerProcess process = process(stage, port);
    process.awaitLine(this::saysReady, PATIENCE);
    return new Running(this, process, port);
  }

  /** A started one. */
  record Running(Peer peer, ServerProcess process, int port) implements AutoCloseable {
    @Override
    public void close() {
      process.close();
    }
  }
}
