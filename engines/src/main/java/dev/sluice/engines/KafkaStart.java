package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import dev.sluice.lifecycle.Deadline;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts the child process and waits until its broker serves; undoes everything when not. */
final class KafkaStart {
  /** Ports that were free a moment ago can be taken by others meanwhile. */
  private static final int PORT_ATTEMPTS = 3;

  /** One node for a few tests: no copies, no waits before a group begins, few threads. */
  private static final Map<String, String> SMALL =
      Map.ofEntries(
          Map.entry("offsets.topic.replication.factor", "1"),
          Map.entry("offsets.topic.num.partitions", "4"),
          Map.entry("transaction.state.log.replication.factor", "1"),
          Map.entry("transaction.state.log.min.isr", "1"),
          Map.entry("transaction.state.log.num.partitions", "4"),
          Map.entry("share.coordinator.state.topic.replication.factor", "1"),
          Map.entry("share.coordinator.state.topic.min.isr", "1"),
          Map.entry("group.initial.rebalance.delay.ms", "0"),
          Map.entry("group.min.session.timeout.ms", "500"),
          Map.entry("auto.create.topics.enable", "false"),
          Map.entry("controlled.shutdown.enable", "false"),
          Map.entry("num.network.threads", "2"),
          Map.entry("num.io.threads", "4"),
          Map.entry("background.threads", "2"),
          Map.entry("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20)),
          Map.entry("log.cleaner.backoff.ms", "200"));

  private final KafkaEngineOptions options;

  KafkaStart(KafkaEngineOptions options) {
    this.options = options;
  }

  /**
   * A running broker.
   *
   * @param port where it listens
   * @param controllerPort where it listens to itself
   */
  record Running(ChildProcess child, int port, int controllerPort) {}

  /** Chooses ports and starts. */
  Running first() {
    checkLibraries();
    DataDirectory.prepare(options.dataDirectory());
    for (int attempt = 1; ; attempt++) {
      int port = LoopbackPorts.choose("broker", options.port(), 0);
      int controllerPort = LoopbackPorts.choose("controller", EnginePort.free(), 0);
      try {
        return new Running(again(port, controllerPort), port, controllerPort);
      } catch (EngineException e) {
        if (e.reason() != Reason.PORT_IN_USE || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Starts on these ports. */
  ChildProcess again(int port, int controllerPort) {
    Deadline deadline = Deadline.after(options.startTimeout());
    ChildProcess child;
    try {
      child =
          ChildProcess.start(
              new ProcessBuilder(command(settings(port, controllerPort))), true, line -> {});
    } catch (IOException e) {
      throw new EngineException(
          Reason.JAVA, "java home: " + RocketMQEngineOptions.ownJavaHome() + " cannot be run", e);
    }
    try {
      awaitStarted(child, port, deadline);
      return child;
    } catch (RuntimeException e) {
      child.kill();
      child.exit().copy().orTimeout(10, TimeUnit.SECONDS).handle((exit, late) -> exit).join();
      throw e;
    } catch (InterruptedException e) {
      // Not awaited; the process ends all the same.
      child.kill();
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.INTERRUPTED, "interrupted while Kafka started", e);
    }
  }

  private Map<String, String> settings(int port, int controllerPort) {
    String plain = "PLAINTEXT://%s:%d".formatted(HostFiles.LOOPBACK, port);
    String controller = HostFiles.LOOPBACK + ":" + controllerPort;
    String listeners = plain + ",CONTROLLER://" + controller;
    String advertised = plain;
    KafkaEngineOptions.Network network = options.network();
    if (network != null) {
      String form = ",NETWORK://" + HostFiles.LOOPBACK + ":%d";
      listeners += form.formatted(network.port());
      advertised += form.formatted(network.advertisedPort());
    }
    Map<String, String> settings = new LinkedHashMap<>(SMALL);
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("listeners", listeners);
    settings.put("advertised.listeners", advertised);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listener.security.protocol.map",
        "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,NETWORK:PLAINTEXT");
    settings.put("controller.quorum.voters", "1@" + controller);
    settings.putAll(options.brokerSettings());
    return settings;
  }

  private List<String> command(Map<String, String> settings) {
    Path data = options.dataDirectory();
    List<String> command = new ArrayList<>();
    command.add(RocketMQEngineOptions.ownJavaHome().resolve("bin/java").toString());
    command.add("-Xms64m");
    command.add("-Xmx" + options.heapMegabytes() + "m");
    command.add("-XX:+UseSerialGC");
    // Ready in half the time, for a lower rate later.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:ErrorFile=" + data.resolve("hs_err_%p.log"));
    command.add("-XX:-UsePerfData");
    command.add("-Djava.io.tmpdir=" + data);
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.add("-cp");
    command.add(
        JavaCommand.ownClasses() + File.pathSeparator + options.libDirectory().resolve("*"));
    command.add(KafkaHost.class.getName());
    command.addAll(KafkaHost.arguments(data, settings));
    return command;
  }

  private void awaitStarted(ChildProcess child, int port, Deadline deadline)
      throws InterruptedException {
    HostLine.Parsed line;
    try {
      line = child.verdict().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new EngineException(
          Reason.TIMEOUT,
          "Kafka was not ready within %s (expected: less; see startTimeout); %s"
              .formatted(options.startTimeout(), tail(child)),
          e);
    } catch (ExecutionException e) {
      throw new EngineException(
          Reason.ENDED_EARLY, "Kafka ended before it was ready; " + tail(child), e);
    }
    switch (line.kind()) {
      case STARTED, PROGRESS -> {}
      case LOCKED ->
          throw new EngineException(
              Reason.LOCKED,
              "data directory: "
                  + options.dataDirectory()
                  + " is in use by another engine (expected: one engine per directory)");
      case FAILED -> throw failed(line.text(), child, port);
    }
  }

  private static EngineException failed(String text, ChildProcess child, int port) {
    if (text.contains("BindException") || text.contains("Address already in use")) {
      return LoopbackPorts.inUse("broker", port, port, new IOException(text));
    }
    return new EngineException(
        Reason.ENDED_EARLY, "Kafka did not start: " + text + "; " + tail(child));
  }

  private static String tail(ChildProcess child) {
    return "it printed last:\n  " + String.join("\n  ", child.lastLines());
  }

  private void checkLibraries() {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(options.libDirectory(), "kafka_2.13-*.jar")) {
      if (jars.iterator().hasNext()) {
        return;
      }
    } catch (IOException e) {
      throw noLibraries(e);
    }
    throw noLibraries(new IOException("no kafka_2.13-*.jar in it"));
  }

  private EngineException noLibraries(IOException cause) {
    return new EngineException(
        Reason.LIBRARIES,
        "engine libraries: "
            + options.libDirectory()
            + " does not hold Kafka (expected: what `mvn -pl engines/kafka process-resources`"
            + " collects in engines/kafka/target/lib)",
        cause);
  }
}
