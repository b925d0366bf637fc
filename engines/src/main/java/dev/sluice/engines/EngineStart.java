package dev.sluice.engines;

import dev.sluice.engines.EngineException.Reason;
import dev.sluice.lifecycle.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Starts the child process and waits until its servers answer; undoes everything when not. */
final class EngineStart {
  /** Ports that were free a moment ago can be taken by others meanwhile. */
  private static final int PORT_ATTEMPTS = 3;

  private static final int VIP_OFFSET = -2;
  private static final int REPLICA_OFFSET = 1;

  private final RocketMQEngineOptions options;
  private final boolean stopsWithUs;

  /**
   * Prepares a start.
   *
   * @param stopsWithUs whether the engine ends when this process does; otherwise only its owner's
   *     end, or a signal, ends it
   */
  EngineStart(RocketMQEngineOptions options, boolean stopsWithUs) {
    this.options = options;
    this.stopsWithUs = stopsWithUs;
  }

  /** A running engine, and the settings to run it again on the same ports and data. */
  record Running(ChildProcess child, HostSettings settings) {}

  /** Chooses ports and starts. */
  Running first() {
    JavaCommand.checkLibraries(options.version(), options.libDirectory());
    DataDirectory data = prepare();
    Deadline deadline = Deadline.after(options.startTimeout());
    for (int attempt = 1; ; attempt++) {
      HostSettings settings = settings(data);
      try {
        return new Running(run(settings, data, deadline), settings);
      } catch (EngineException e) {
        if (e.reason() != Reason.PORT_IN_USE || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Starts once more on the same ports and data. */
  ChildProcess again(HostSettings settings) {
    return run(settings, prepare(), Deadline.after(options.startTimeout()));
  }

  private DataDirectory prepare() {
    DataDirectory data = DataDirectory.prepare(options.dataDirectory());
    data.checkVersion(options.version());
    if (!options.accounts().isEmpty()) {
      data.writeAccounts(AclAccount.file(options.accounts()));
    }
    return data;
  }

  private HostSettings settings(DataDirectory data) {
    int nameServerPort =
        LoopbackPorts.choose("name server", options.nameServerPort(), data.lastNameServerPort());
    int brokerPort =
        LoopbackPorts.choose(
            "broker", options.brokerPort(), data.lastBrokerPort(), VIP_OFFSET, REPLICA_OFFSET);
    Long ownerPid = options.ownerPid();
    Owner owner =
        ownerPid == null
            ? null
            : ProcessHandle.of(ownerPid)
                .map(Owner::of)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "ownerPid: " + ownerPid + " (expected: a process that runs)"));
    return new HostSettings(
        options.version(),
        data.path(),
        nameServerPort,
        brokerPort,
        owner,
        stopsWithUs,
        options.brokerSettings());
  }

  private ChildProcess run(HostSettings settings, DataDirectory data, Deadline deadline) {
    options.progress().accept("starting RocketMQ on " + data.path());
    ChildProcess child;
    try {
      child =
          ChildProcess.start(
              new ProcessBuilder(JavaCommand.of(options, settings)),
              stopsWithUs,
              options.progress());
    } catch (IOException e) {
      throw new EngineException(
          Reason.JAVA, "java home: " + options.javaHome() + " cannot be run", e);
    }
    try {
      awaitStarted(child, settings, data, deadline);
      awaitAnswers(child, settings, data, deadline);
    } catch (RuntimeException | InterruptedException e) {
      // Not awaited when interrupted; the process ends all the same.
      child.kill();
      if (e instanceof RuntimeException failure) {
        child.exit().copy().orTimeout(10, TimeUnit.SECONDS).handle((exit, late) -> exit).join();
        throw failure;
      }
      Thread.currentThread().interrupt();
      throw new EngineException(Reason.INTERRUPTED, "interrupted while RocketMQ started", e);
    }
    options
        .progress()
        .accept(
            "RocketMQ answers: name server %s:%d, broker %s:%d"
                .formatted(
                    HostFiles.LOOPBACK,
                    settings.nameServerPort(),
                    HostFiles.LOOPBACK,
                    settings.brokerPort()));
    return child;
  }

  private void awaitStarted(
      ChildProcess child, HostSettings settings, DataDirectory data, Deadline deadline)
      throws InterruptedException {
    HostLine.Parsed line;
    try {
      line = child.verdict().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw late(child, data);
    } catch (ExecutionException e) {
      throw new EngineException(
          Reason.ENDED_EARLY, "RocketMQ ended before it was ready; " + tails(child, data), e);
    }
    switch (line.kind()) {
      case STARTED, PROGRESS -> {}
      case LOCKED ->
          throw new EngineException(
              Reason.LOCKED,
              "data directory: "
                  + data.path()
                  + " is in use by another engine (expected: one engine per directory; stop the"
                  + " other one or give another directory)");
      case FAILED -> throw failed(line.text(), child, settings, data);
    }
  }

  private static EngineException failed(
      String text, ChildProcess child, HostSettings settings, DataDirectory data) {
    boolean bind =
        Stream.of("Failed to bind", "BindException", "Address already in use")
            .anyMatch(text::contains);
    if (bind) {
      int nameServer = settings.nameServerPort();
      boolean isNameServer = text.contains("name server");
      int port = isNameServer ? nameServer : settings.brokerPort();
      return LoopbackPorts.inUse(
          isNameServer ? "name server" : "broker", port, port, new IOException(text));
    }
    return new EngineException(
        Reason.ENDED_EARLY, "RocketMQ did not start: " + text + "; " + tails(child, data));
  }

  private void awaitAnswers(
      ChildProcess child, HostSettings settings, DataDirectory data, Deadline deadline)
      throws InterruptedException {
    RemotingProbe probe =
        new RemotingProbe(
            Duration.ofSeconds(2),
            BrokerCredentials.in(settings.brokerSettings())
                .or(() -> BrokerCredentials.in(options.accounts())),
            Optional.ofNullable(options.tls()).map(EngineTls::ownContext));
    while (!probe.isReady(settings.nameServerPort(), settings.brokerPort())) {
      if (!child.isAlive()) {
        throw new EngineException(
            Reason.ENDED_EARLY, "RocketMQ ended before it answered; " + tails(child, data));
      }
      if (deadline.isPast()) {
        throw late(child, data);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private EngineException late(ChildProcess child, DataDirectory data) {
    return new EngineException(
        Reason.TIMEOUT,
        "RocketMQ was not ready within %s (expected: less; see startTimeout); %s"
            .formatted(options.startTimeout(), tails(child, data)));
  }

  private static String tails(ChildProcess child, DataDirectory data) {
    List<String> printed = child.lastLines();
    return "it printed last:\n  "
        + String.join("\n  ", printed)
        + "\nand logged last:\n  "
        + String.join("\n  ", data.lastLogLines());
  }
}
