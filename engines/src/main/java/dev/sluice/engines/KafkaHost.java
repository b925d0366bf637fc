package dev.sluice.engines;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The main class of the child process: a broker of Kafka that is its own controller, in one JVM.
 *
 * <p>As {@link RocketMQHost}, it is compiled without what it runs.
 */
final class KafkaHost implements HostProcess.Servers {
  /** Written down with new data; any will do, as there is one node. */
  private static final String CLUSTER_ID = "c2x1aWNlLWVuZ2luZS1rYQ";

  private final Path dataDirectory;
  private final Properties configuration;
  private volatile @Nullable Object server;

  private KafkaHost(Path dataDirectory, Properties configuration) {
    this.dataDirectory = dataDirectory;
    this.configuration = configuration;
  }

  /** What {@link #main} is to be called with: the directory and the broker's settings. */
  static List<String> arguments(Path dataDirectory, Map<String, String> settings) {
    List<String> arguments = new ArrayList<>();
    arguments.add(dataDirectory.toString());
    settings.forEach((name, value) -> arguments.add(name + "=" + value));
    return arguments;
  }

  /** Starts the broker described by the arguments, see {@link #arguments}. */
  public static void main(String[] arguments) {
    Path data = Path.of(arguments[0]);
    Properties configuration = new Properties();
    for (String setting : List.of(arguments).subList(1, arguments.length)) {
      int equals = setting.indexOf('=');
      configuration.setProperty(setting.substring(0, equals), setting.substring(equals + 1));
    }
    configuration.setProperty("log.dirs", data.resolve("topics").toString());
    new HostProcess(data, null, true, System.out).run(new KafkaHost(data, configuration));
  }

  @Override
  public void start(HostProcess process) throws Exception {
    if (!Files.exists(dataDirectory.resolve("topics/meta.properties"))) {
      process.say(HostLine.PROGRESS, "formatting the data directory");
      format();
    }
    process.say(HostLine.PROGRESS, "starting the broker");
    Class<?> type = Class.forName("kafka.server.KafkaConfig");
    Class<?> time = Class.forName("org.apache.kafka.common.utils.Time");
    Object started =
        Class.forName("kafka.server.KafkaRaftServer")
            .getConstructor(type, time)
            .newInstance(
                type.getMethod("fromProps", Properties.class).invoke(null, configuration),
                time.getField("SYSTEM").get(null));
    server = started;
    Reflected.call(started, "startup");
  }

  /** Writes what is in memory to disk and leaves in order. */
  @Override
  public void stop() throws Exception {
    Object running = server;
    if (running != null) {
      Reflected.call(running, "shutdown");
    }
  }

  private void format() throws Exception {
    Path file = writeConfiguration();
    Object code =
        Class.forName("kafka.tools.StorageTool")
            .getMethod("execute", String[].class, PrintStream.class)
            .invoke(
                null, new String[] {"format", "-t", CLUSTER_ID, "-c", file.toString()}, System.err);
    if (!Integer.valueOf(0).equals(code)) {
      throw new IllegalStateException("the data directory could not be formatted: code " + code);
    }
  }

  private Path writeConfiguration() throws IOException {
    Path file = dataDirectory.resolve("server.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      configuration.store(writer, null);
    }
    return file;
  }
}
