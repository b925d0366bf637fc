package dev.sluice.engines;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * The configuration files of the servers in the child process, written anew at each start. A
 * version passes over the settings that it does not have.
 */
final class HostFiles {
  static final String LOOPBACK = "127.0.0.1";
  static final String BROKER_NAME = "sluice-engine";
  static final String CLUSTER_NAME = "DefaultCluster";

  /**
   * Small files for a broker that shares its machine with its user's work. The sizes of the files
   * are part of the data: a changed value makes earlier data unreadable.
   */
  private static final Map<String, String> STORE =
      Map.of(
          "mappedFileSizeCommitLog", Integer.toString(64 << 20),
          "mappedFileSizeConsumeQueue", Integer.toString(100_000 * 20),
          "mappedFileSizeTimerLog", Integer.toString(10 << 20),
          "maxHashSlotNum", "100000",
          "maxIndexNum", "400000",
          "storePathRootDir", "store",
          "storePathCommitLog", "store/commitlog");

  /** What our users may rely on. */
  private static final Map<String, String> FEATURES =
      Map.of(
          "autoCreateTopicEnable", "true",
          "autoCreateSubscriptionGroup", "true",
          "defaultTopicQueueNums", "8",
          "enablePropertyFilter", "true",
          "recallMessageEnable", "true",
          // Each flush compares 38 MB byte by byte; a kill repeats at most this much of the
          // deliveries of delayed messages.
          "timerFlushIntervalMs", "5000",
          "transactionCheckInterval", "10000",
          "flushConsumerOffsetInterval", "1000",
          // Old messages go when they expire, never because the disk fills: then writes are
          // refused.
          "cleanFileForciblyEnable", "false",
          // Each commit's mark is written at once: marks that are only in memory when the process
          // dies let the broker ask again, and deliver again.
          "transactionOpMsgMaxSize", "1");

  /** Lite topics are queues of their own, which messages are put into besides the topic's. */
  private static final Map<String, String> LITE_TOPICS =
      Map.of("enableLmq", "true", "enableMultiDispatch", "true");

  /** A slow disk or a busy machine is no reason to refuse messages here. */
  private static final Map<String, String> PATIENCE =
      Map.of(
          "waitTimeMillsInSendQueue", "3000",
          "osPageCacheBusyTimeOutMills", "5000");

  /** Thread pools for one user, not for a data centre. */
  private static final Map<String, String> THREADS =
      Map.ofEntries(
          Map.entry("pullMessageThreadPoolNums", "8"),
          Map.entry("litePullMessageThreadPoolNums", "2"),
          Map.entry("ackMessageThreadPoolNums", "4"),
          Map.entry("processReplyMessageThreadPoolNums", "2"),
          Map.entry("queryMessageThreadPoolNums", "2"),
          Map.entry("adminBrokerThreadPoolNums", "4"),
          Map.entry("clientManageThreadPoolNums", "4"),
          Map.entry("consumerManageThreadPoolNums", "4"),
          Map.entry("loadBalanceProcessorThreadPoolNums", "2"),
          Map.entry("heartbeatThreadPoolNums", "2"),
          Map.entry("endTransactionThreadPoolNums", "4"),
          Map.entry("recoverThreadPoolNums", "4"),
          Map.entry("serverWorkerThreads", "4"),
          Map.entry("serverSelectorThreads", "2"));

  private final HostSettings settings;

  HostFiles(HostSettings settings) {
    this.settings = settings;
  }

  static Path nameServerFile(Path home) {
    return home.resolve("conf/namesrv.properties");
  }

  static Path brokerFile(Path home) {
    return home.resolve("conf/broker.properties");
  }

  /** The accounts of plain access control, where the broker has them. */
  static Path accountsFile(Path home) {
    return home.resolve("conf/plain_acl.yml");
  }

  /** Which version the data is of. */
  static Path versionFile(Path home) {
    return home.resolve("conf/version");
  }

  static Path logFile(Path home) {
    return home.resolve("conf/logback.xml");
  }

  /**
   * Writes the files.
   *
   * @return the directory that the servers take for their installation
   */
  Path write() throws IOException {
    Path home = settings.dataDirectory();
    Files.createDirectories(home.resolve("conf"));
    Files.createDirectories(home.resolve("logs"));
    emptyTemporary(home.resolve("tmp"));
    store(nameServer(home), nameServerFile(home));
    store(broker(home), brokerFile(home));
    Files.writeString(logFile(home), logging(home.resolve("logs")));
    return home;
  }

  /** The servers unpack native libraries there, which a process that is halted leaves behind. */
  private static void emptyTemporary(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory)) {
      for (Path leftover : leftovers) {
        if (Files.isRegularFile(leftover)) {
          Files.delete(leftover);
        }
      }
    }
  }

  private Properties nameServer(Path home) {
    Properties properties = new Properties();
    properties.setProperty("rocketmqHome", home.toString());
    properties.setProperty("kvConfigPath", home.resolve("namesrv/kvConfig.json").toString());
    properties.setProperty("bindAddress", LOOPBACK);
    properties.setProperty("listenPort", Integer.toString(settings.nameServerPort()));
    properties.setProperty("clientRequestThreadPoolNums", "2");
    properties.setProperty("defaultThreadPoolNums", "2");
    properties.setProperty("serverWorkerThreads", "2");
    properties.setProperty("serverSelectorThreads", "1");
    return properties;
  }

  private Properties broker(Path home) {
    Properties properties = new Properties();
    properties.putAll(STORE);
    properties.putAll(FEATURES);
    if (settings.version() == RocketMQVersion.V5) {
      properties.putAll(LITE_TOPICS);
    }
    properties.putAll(PATIENCE);
    properties.putAll(THREADS);
    for (String path : new String[] {"storePathRootDir", "storePathCommitLog"}) {
      properties.setProperty(path, home.resolve(properties.getProperty(path)).toString());
    }
    properties.setProperty("rocketmqHome", home.toString());
    properties.setProperty("brokerClusterName", CLUSTER_NAME);
    properties.setProperty("brokerName", BROKER_NAME);
    properties.setProperty("brokerIP1", LOOPBACK);
    properties.setProperty("brokerIP2", LOOPBACK);
    properties.setProperty("bindAddress", LOOPBACK);
    properties.setProperty("listenPort", Integer.toString(settings.brokerPort()));
    properties.setProperty("haListenPort", Integer.toString(settings.brokerPort() + 1));
    properties.setProperty("namesrvAddr", LOOPBACK + ":" + settings.nameServerPort());
    properties.putAll(settings.brokerSettings());
    return properties;
  }

  private static void store(Properties properties, Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, "Written at each start of the engine; changes are lost.");
    }
  }

  /** One file for all of the servers' loggers, at most 30 MB of them. */
  private static String logging(Path directory) {
    return """
    <configuration>
      <appender name="file" class="ch.qos.logback.core.rolling.RollingFileAppender">
        <file>%1$s/rocketmq.log</file>
        <rollingPolicy class="ch.qos.logback.core.rolling.FixedWindowRollingPolicy">
          <fileNamePattern>%1$s/rocketmq.%%i.log</fileNamePattern>
          <minIndex>1</minIndex>
          <maxIndex>2</maxIndex>
        </rollingPolicy>
        <triggeringPolicy class="ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy">
          <maxFileSize>10MB</maxFileSize>
        </triggeringPolicy>
        <encoder>
          <pattern>%%d{yyyy-MM-dd HH:mm:ss.SSS} %%p %%c %%t - %%m%%n</pattern>
        </encoder>
      </appender>
      <logger name="RocketmqCommon" level="ERROR"/>
      <logger name="RocketmqTransaction" level="ERROR"/>
      <root level="${sluice.engine.log:-WARN}">
        <appender-ref ref="file"/>
      </root>
    </configuration>
    """
        .formatted(directory.toString().replace("&", "&amp;").replace("<", "&lt;"));
  }
}
