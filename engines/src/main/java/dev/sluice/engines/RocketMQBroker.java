package dev.sluice.engines;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The servers inside the child process, reached by reflection. */
final class RocketMQBroker {
  /** Longest wait for the broker's connection to the name server beside it. */
  private static final Duration CONNECTION_PATIENCE = Duration.ofSeconds(5);

  private final Object controller;

  private RocketMQBroker(Object controller) {
    this.controller = controller;
  }

  /** Starts the name server and, meanwhile, loads the broker; then starts and registers it. */
  static RocketMQBroker start(HostSettings settings, Path home) throws Exception {
    System.setProperty("user.home", home.toString());
    System.setProperty("rocketmq.home.dir", home.toString());
    System.setProperty("rmq.logback.configurationFile", HostFiles.logFile(home).toString());
    System.setProperty("tls.server.mode", "disabled");
    // Logging is set up once: two threads that do it at once lose messages and print warnings.
    Class.forName("org.apache.rocketmq.logging.org.slf4j.LoggerFactory")
        .getMethod("getLogger", String.class)
        .invoke(null, "engine");
    AtomicReference<@Nullable Throwable> nameServerFailure = new AtomicReference<>();
    Thread nameServer =
        new Thread(
            () -> {
              try {
                startNameServer(HostFiles.nameServerFile(home));
              } catch (Throwable e) { // handed to the starting thread
                nameServerFailure.set(e);
              }
            },
            "engine-name-server");
    nameServer.start();
    Object controller = loadBroker(HostFiles.brokerFile(home));
    nameServer.join();
    Throwable failure = nameServerFailure.get();
    if (failure != null) {
      throw new IllegalStateException(
          "the name server did not start on port " + settings.nameServerPort(), failure);
    }
    call(controller, "start");
    RocketMQBroker broker = new RocketMQBroker(controller);
    broker.register();
    broker.closeReplicaPort();
    return broker;
  }

  private static void startNameServer(Path configuration) throws Exception {
    Class<?> startup = Class.forName("org.apache.rocketmq.namesrv.NamesrvStartup");
    startup
        .getMethod("parseCommandlineAndConfigFile", String[].class)
        .invoke(null, (Object) new String[] {"-c", configuration.toString()});
    Object nameServer = startup.getMethod("createNamesrvController").invoke(null);
    if (!Boolean.TRUE.equals(call(nameServer, "initialize"))) {
      throw new IllegalStateException("the name server could not be initialized");
    }
    call(nameServer, "start");
  }

  private static Object loadBroker(Path configuration) throws Exception {
    Class<?> startup = Class.forName("org.apache.rocketmq.broker.BrokerStartup");
    Class<?> context = Class.forName("org.apache.rocketmq.broker.ConfigContext");
    Object parsed =
        startup
            .getMethod("configFileToConfigContext", String.class)
            .invoke(null, configuration.toString());
    Object controller = startup.getMethod("buildBrokerController", context).invoke(null, parsed);
    if (!Boolean.TRUE.equals(call(controller, "initialize"))) {
      throw new IllegalStateException("the broker could not load its data, see its log");
    }
    return controller;
  }

  /**
   * Registers at the name server. The broker does so as it starts, but only where its connection is
   * there by then, which is a matter of luck; its next try is 10 s later.
   */
  private void register() throws Exception {
    Object client = get(get(controller, "getBrokerOuterAPI"), "getRemotingClient");
    long end = System.nanoTime() + CONNECTION_PATIENCE.toNanos();
    while (((List<?>) get(client, "getAvailableNameSrvList")).isEmpty()
        && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    controller
        .getClass()
        .getMethod("registerBrokerAll", boolean.class, boolean.class, boolean.class)
        .invoke(controller, true, false, true);
  }

  /** There are no replicas here, and the port for them is the only one open to other machines. */
  private void closeReplicaPort() throws Exception {
    call(get(get(controller, "getMessageStore"), "getHaService"), "shutdown");
  }

  /**
   * Keeps an idle broker idle. A queue of transaction marks that was last written longer ago than
   * the batch interval lets the broker's batching thread spin, so that time is kept recent while
   * nothing waits.
   */
  void touchTransactionQueues() {
    try {
      Object marks = get(get(controller, "getTransactionalMessageService"), "getDeleteContext");
      for (Object queue : ((Map<?, ?>) marks).values()) {
        if (((AtomicInteger) get(queue, "getTotalSize")).get() <= 0) {
          queue
              .getClass()
              .getMethod("setLastWriteTimestamp", long.class)
              .invoke(queue, System.currentTimeMillis());
        }
      }
    } catch (Exception e) { // reflection on a broker that is ending
      return;
    }
  }

  /**
   * Takes no more requests and writes down what is only in memory. Each step is independent. May be
   * abandoned at any point: messages themselves are in mapped files, which outlive the process.
   */
  void persist() {
    // Each of these closes its connections first and then joins threads for seconds.
    aside("getRemotingServer", "shutdown");
    aside("getFastRemotingServer", "shutdown");
    Thread timer = aside("getTimerMessageStore", "shutdown");
    attempt("getTopicConfigManager", "persist");
    attempt("getSubscriptionGroupManager", "persist");
    attempt("getConsumerFilterManager", "persist");
    attempt("getScheduleMessageService", "persist");
    attempt("getConsumerOrderInfoManager", "persist");
    attempt("getConsumerOffsetManager", "persist");
    attempt("getMessageStore", "flush");
    try {
      timer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread aside(String owner, String step) {
    Thread thread = new Thread(() -> attempt(owner, step), "engine-stop-" + owner);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void attempt(String owner, String step) {
    try {
      Object target = call(controller, owner);
      if (target != null) {
        call(target, step);
      }
    } catch (Exception e) { // the next step is tried all the same
      System.err.println("at the end, " + owner + ": " + HostLine.oneLine(e));
    }
  }

  private static Object get(Object target, String method) throws Exception {
    Object result = call(target, method);
    if (result == null) {
      throw new IllegalStateException(target.getClass().getName() + "." + method + " gave nothing");
    }
    return result;
  }

  private static @Nullable Object call(Object target, String method) throws Exception {
    try {
      Method found = target.getClass().getMethod(method);
      found.setAccessible(true); // the class may be hidden behind a public interface
      return found.invoke(target);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
