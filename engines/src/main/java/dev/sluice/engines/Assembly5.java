package dev.sluice.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The servers of RocketMQ 5. */
final class Assembly5 implements Assembly {
  /** Longest wait for the broker's connection to the name server beside it. */
  private static final Duration CONNECTION_PATIENCE = Duration.ofSeconds(5);

  @Override
  public void prepareLogging(Path file) throws Exception {
    System.setProperty("rmq.logback.configurationFile", file.toString());
    // Logging is set up once: two threads that do it at once lose messages and print warnings.
    Class.forName("org.apache.rocketmq.logging.org.slf4j.LoggerFactory")
        .getMethod("getLogger", String.class)
        .invoke(null, "engine");
  }

  @Override
  public void startNameServer(Path configuration) throws Exception {
    Class<?> startup = Class.forName("org.apache.rocketmq.namesrv.NamesrvStartup");
    startup
        .getMethod("parseCommandlineAndConfigFile", String[].class)
        .invoke(null, (Object) new String[] {"-c", configuration.toString()});
    Object nameServer = startup.getMethod("createNamesrvController").invoke(null);
    if (!Boolean.TRUE.equals(Reflected.call(nameServer, "initialize"))) {
      throw new IllegalStateException("the name server could not be initialized");
    }
    Reflected.call(nameServer, "start");
  }

  @Override
  public Object loadBroker(Path configuration) throws Exception {
    Class<?> startup = Class.forName("org.apache.rocketmq.broker.BrokerStartup");
    Class<?> context = Class.forName("org.apache.rocketmq.broker.ConfigContext");
    Object parsed =
        startup
            .getMethod("configFileToConfigContext", String.class)
            .invoke(null, configuration.toString());
    Object controller = startup.getMethod("buildBrokerController", context).invoke(null, parsed);
    if (!Boolean.TRUE.equals(Reflected.call(controller, "initialize"))) {
      throw new IllegalStateException("the broker could not load its data, see its log");
    }
    return controller;
  }

  /**
   * It registers as it starts, but only where its connection is there by then: a matter of luck.
   */
  @Override
  public void awaitNameServer(Object controller) throws Exception {
    Object client =
        Reflected.get(Reflected.get(controller, "getBrokerOuterAPI"), "getRemotingClient");
    long end = System.nanoTime() + CONNECTION_PATIENCE.toNanos();
    while (((List<?>) Reflected.get(client, "getAvailableNameSrvList")).isEmpty()
        && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public List<String> shutDown() {
    return List.of("getRemotingServer", "getFastRemotingServer", "getTimerMessageStore");
  }

  @Override
  public List<String> persisted() {
    return List.of(
        "getTopicConfigManager",
        "getSubscriptionGroupManager",
        "getConsumerFilterManager",
        "getScheduleMessageService",
        "getConsumerOrderInfoManager",
        "getConsumerOffsetManager");
  }

  @Override
  public @Nullable Object part(Object controller, String name) throws Exception {
    return Reflected.call(controller, name);
  }

  /**
   * Keeps an idle broker idle. A queue of transaction marks that was last written longer ago than
   * the batch interval lets the broker's batching thread spin, so that time is kept recent while
   * nothing waits.
   */
  @Override
  public void keepQuiet(Object controller) {
    try {
      Object marks =
          Reflected.get(
              Reflected.get(controller, "getTransactionalMessageService"), "getDeleteContext");
      for (Object queue : ((Map<?, ?>) marks).values()) {
        if (((AtomicInteger) Reflected.get(queue, "getTotalSize")).get() <= 0) {
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
}
