package dev.sluice.engines;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The servers inside the child process, reached by reflection. */
final class RocketMQBroker {
  private final Assembly assembly;
  private final Object controller;

  private RocketMQBroker(Assembly assembly, Object controller) {
    this.assembly = assembly;
    this.controller = controller;
  }

  /** Starts the name server and, meanwhile, loads the broker; then starts and registers it. */
  static RocketMQBroker start(HostSettings settings, Path home) throws Exception {
    System.setProperty("user.home", home.toString());
    System.setProperty("rocketmq.home.dir", home.toString());
    if (System.getProperty("tls.server.mode") == null) {
      System.setProperty("tls.server.mode", "disabled");
    }
    Assembly assembly = Assembly.of(settings);
    assembly.prepareLogging(HostFiles.logFile(home));
    AtomicReference<@Nullable Throwable> nameServerFailure = new AtomicReference<>();
    Thread nameServer =
        new Thread(
            () -> {
              try {
                assembly.startNameServer(HostFiles.nameServerFile(home));
              } catch (Throwable e) { // handed to the starting thread
                nameServerFailure.set(e);
              }
            },
            "engine-name-server");
    nameServer.start();
    Object controller = assembly.loadBroker(HostFiles.brokerFile(home));
    nameServer.join();
    Throwable failure = nameServerFailure.get();
    if (failure != null) {
      throw new IllegalStateException(
          "the name server did not start on port " + settings.nameServerPort(), failure);
    }
    Reflected.call(controller, "start");
    RocketMQBroker broker = new RocketMQBroker(assembly, controller);
    broker.register();
    broker.closeReplicaPort();
    return broker;
  }

  /** Registers at the name server, whatever became of the try that its start made. */
  private void register() throws Exception {
    assembly.awaitNameServer(controller);
    controller
        .getClass()
        .getMethod("registerBrokerAll", boolean.class, boolean.class, boolean.class)
        .invoke(controller, true, false, true);
  }

  /** There are no replicas here, and the port for them is the only one open to other machines. */
  private void closeReplicaPort() throws Exception {
    Reflected.call(
        Reflected.get(Reflected.get(controller, "getMessageStore"), "getHaService"), "shutdown");
  }

  /** Keeps an idle broker idle; to be called every second. */
  void keepQuiet() {
    assembly.keepQuiet(controller);
  }

  /**
   * Takes no more requests and writes down what is only in memory. Each step is independent. May be
   * abandoned at any point: messages themselves are in mapped files, which outlive the process.
   */
  void persist() {
    // Each of these closes its connections first and then joins threads for seconds.
    List<Thread> aside = assembly.shutDown().stream().map(this::shutDownAside).toList();
    for (String part : assembly.persisted()) {
      attempt(part, "persist");
    }
    attempt("getMessageStore", "flush");
    try {
      // The last one has something to write down as well.
      aside.getLast().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread shutDownAside(String part) {
    Thread thread = new Thread(() -> attempt(part, "shutdown"), "engine-stop-" + part);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void attempt(String part, String step) {
    try {
      Object target = assembly.part(controller, part);
      if (target != null) {
        Reflected.call(target, step);
      }
    } catch (Exception e) { // the next step is tried all the same
      System.err.println("at the end, " + part + ": " + HostLine.oneLine(e));
    }
  }
}
