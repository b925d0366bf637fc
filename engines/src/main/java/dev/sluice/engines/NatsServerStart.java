package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import dev.sluice.lifecycle.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts {@code nats-server} and waits until it answers; undoes everything when not. */
final class NatsServerStart {
  /** Ports that were free a moment ago can be taken by others meanwhile. */
  private static final int PORT_ATTEMPTS = 3;

  private static final int PROBE_MILLIS = 1000;
  private static final int LONGEST_GREETING = 16 * 1024;

  /**
   * The server knows nothing of parents. A shell that becomes the server leaves a watcher behind,
   * which waits for the end of the pipe that only our process holds open: it comes however that
   * ends. The watcher then tells the process, whose number the server has inherited, to end.
   */
  private static final String WATCHED =
      "exec 3<&0; (cat <&3; kill -TERM $$) >/dev/null 2>&1 & exec 3<&-; exec \"$@\" </dev/null";

  private final NatsEngineOptions options;
  private final Path executable;

  NatsServerStart(NatsEngineOptions options) {
    this.options = options;
    Path given = options.executable();
    this.executable = given == null ? NatsServerBinary.find() : given;
  }

  /** A server that runs, and its port. */
  record Running(ChildProcess child, int port) {}

  /** Chooses a port and starts. */
  Running first() {
    for (int attempt = 1; ; attempt++) {
      int port = LoopbackPorts.choose("nats-server", options.port(), 0);
      try {
        return new Running(run(port), port);
      } catch (EngineException e) {
        if (e.reason() != Reason.PORT_IN_USE || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Starts once more on the same port and data. */
  ChildProcess again(int port) {
    return run(port);
  }

  private ChildProcess run(int port) {
    Deadline deadline = Deadline.after(options.startTimeout());
    ChildProcess child;
    try {
      child = ChildProcess.start(command(port), true, line -> {});
    } catch (IOException e) {
      throw new EngineException(
          Reason.LIBRARIES,
          "nats-server: "
              + executable
              + " cannot be run (expected: an executable, and a shell at /bin/sh)",
          e);
    }
    try {
      awaitAnswer(child, port, deadline);
      return child;
    } catch (EngineException e) {
      child.kill();
      throw e;
    }
  }

  private ProcessBuilder command(int port) throws IOException {
    Path file = options.dataDirectory().resolve("nats-server.conf");
    List<String> lines = new ArrayList<>();
    lines.add("listen: \"%s:%d\"".formatted(HostFiles.LOOPBACK, port));
    lines.add("jetstream { store_dir: \"%s\" }".formatted(options.dataDirectory()));
    lines.addAll(options.configuration());
    Files.write(file, lines);
    return new ProcessBuilder(
        "/bin/sh", "-c", WATCHED, "sh", executable.toString(), "-c", file.toString());
  }

  private void awaitAnswer(ChildProcess child, int port, Deadline deadline) {
    while (!isReady(port)) {
      if (!child.isAlive()) {
        throw ended(child, port);
      }
      if (deadline.isPast()) {
        throw new EngineException(
            Reason.TIMEOUT,
            "nats-server was not ready within %s (expected: less; see startTimeout); it printed last:\n  %s"
                .formatted(options.startTimeout(), String.join("\n  ", child.lastLines())));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EngineException(Reason.INTERRUPTED, "interrupted while nats-server started", e);
      }
    }
    if (!child.isAlive()) {
      // Somebody else answered.
      throw ended(child, port);
    }
  }

  private static EngineException ended(ChildProcess child, int port) {
    EngineExit exit = child.exit().join();
    String printed = String.join("\n  ", exit.lastLines());
    if (printed.contains("address already in use")) {
      return LoopbackPorts.inUse("nats-server", port, port, new IOException(printed));
    }
    return new EngineException(
        Reason.ENDED_EARLY,
        "nats-server ended with exit code %d before it was ready; it printed last:\n  %s"
            .formatted(exit.code(), printed));
  }

  /** Whether it greets, and has its streams: it does not listen before it has read them. */
  private static boolean isReady(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PROBE_MILLIS);
      socket.setSoTimeout(PROBE_MILLIS);
      InputStream input = socket.getInputStream();
      StringBuilder greeting = new StringBuilder();
      for (int each = input.read();
          each >= 0 && each != '\n' && greeting.length() < LONGEST_GREETING;
          each = input.read()) {
        greeting.append(new String(new byte[] {(byte) each}, StandardCharsets.ISO_8859_1));
      }
      return greeting.toString().startsWith("INFO ")
          && greeting.toString().contains("\"jetstream\":true");
    } catch (IOException e) {
      return false;
    }
  }
}
