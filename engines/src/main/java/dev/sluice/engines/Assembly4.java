package dev.sluice.engines;

import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The servers of RocketMQ 4. Its own start-up classes would end the process where something is
 * wrong, before it could be told, so they are not used.
 */
final class Assembly4 implements Assembly {
  private static final String COMMON = "org.apache.rocketmq.common.";
  private static final String NETTY = "org.apache.rocketmq.remoting.netty.";

  private final Map<String, String> callersSettings;

  Assembly4(Map<String, String> callersSettings) {
    this.callersSettings = callersSettings;
  }

  @Override
  public void prepareLogging(Path file) throws Exception {
    System.setProperty("logback.configurationFile", file.toString());
    Class.forName("org.slf4j.LoggerFactory")
        .getMethod("getLogger", String.class)
        .invoke(null, "engine");
    // What the servers say of themselves in each frame.
    Object version = Class.forName(COMMON + "MQVersion").getField("CURRENT_VERSION").get(null);
    System.setProperty("rocketmq.remoting.version", String.valueOf(version));
  }

  @Override
  public void startNameServer(Path configuration) throws Exception {
    Properties properties = read(configuration);
    Object own = configured(COMMON + "namesrv.NamesrvConfig", properties);
    Object server = configured(NETTY + "NettyServerConfig", properties);
    Object nameServer = controller("org.apache.rocketmq.namesrv.NamesrvController", own, server);
    register(nameServer, properties);
    if (!Boolean.TRUE.equals(Reflected.call(nameServer, "initialize"))) {
      throw new IllegalStateException("the name server could not be initialized");
    }
    LoopbackListener.restrict(Reflected.get(nameServer, "getRemotingServer"));
    Reflected.call(nameServer, "start");
  }

  @Override
  public Object loadBroker(Path configuration) throws Exception {
    Properties properties = read(configuration);
    Object own = configured(COMMON + "BrokerConfig", properties);
    Object server = configured(NETTY + "NettyServerConfig", properties);
    Object client = configured(NETTY + "NettyClientConfig", properties);
    Object store = configured("org.apache.rocketmq.store.config.MessageStoreConfig", properties);
    checkSettings(own, server, client, store);
    boolean tls = "enforcing".equals(System.getProperty("tls.server.mode"));
    client.getClass().getMethod("setUseTLS", boolean.class).invoke(client, tls);
    Object controller =
        controller("org.apache.rocketmq.broker.BrokerController", own, server, client, store);
    register(controller, properties);
    if (!Boolean.TRUE.equals(Reflected.call(controller, "initialize"))) {
      throw new IllegalStateException("the broker could not load its data, see its log");
    }
    for (String field : new String[] {"remotingServer", "fastRemotingServer"}) {
      LoopbackListener.restrict(Reflected.field(controller, field));
    }
    return controller;
  }

  private static Properties read(Path file) throws Exception {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return properties;
  }

  /** It takes the properties that it knows. */
  private static Object configured(String className, Properties properties) throws Exception {
    Object made = Reflected.make(className);
    Class.forName(COMMON + "MixAll")
        .getMethod("properties2Object", Properties.class, Object.class)
        .invoke(null, properties, made);
    return made;
  }

  private static Object controller(String className, Object... parts) throws Exception {
    Class<?>[] types = Arrays.stream(parts).map(Object::getClass).toArray(Class<?>[]::new);
    try {
      return Class.forName(className).getConstructor(types).newInstance(parts);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static void register(Object controller, Properties properties) throws Exception {
    Object configuration = Reflected.get(controller, "getConfiguration");
    configuration
        .getClass()
        .getMethod("registerConfig", Properties.class)
        .invoke(configuration, properties);
  }

  private void checkSettings(Object... configurations) {
    for (String name : callersSettings.keySet()) {
      String setter = "set" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
      boolean known =
          Stream.of(configurations)
              .flatMap(configuration -> Arrays.stream(configuration.getClass().getMethods()))
              .anyMatch(method -> method.getName().equals(setter));
      if (!known) {
        throw new IllegalArgumentException(
            "broker setting: %s (expected: one that RocketMQ %s has)"
                .formatted(name, RocketMQVersion.V4));
      }
    }
  }

  /** Nothing: registering opens the connection itself. */
  @Override
  public void awaitNameServer(Object controller) {}

  @Override
  public List<String> shutDown() {
    return List.of("getRemotingServer", "fastRemotingServer");
  }

  @Override
  public List<String> persisted() {
    return List.of(
        "getTopicConfigManager",
        "getSubscriptionGroupManager",
        "getConsumerFilterManager",
        "getScheduleMessageService",
        "getConsumerOffsetManager");
  }

  @Override
  public @Nullable Object part(Object controller, String name) throws Exception {
    return switch (name) {
      case "fastRemotingServer" -> Reflected.field(controller, name);
      case "getScheduleMessageService" ->
          Reflected.call(Reflected.get(controller, "getMessageStore"), name);
      default -> Reflected.call(controller, name);
    };
  }

  /** Nothing: it writes each transaction mark by itself, without a thread that could spin. */
  @Override
  public void keepQuiet(Object controller) {}
}
