package dev.sluice.engines;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the child process is told on its command line.
 *
 * @param version which RocketMQ is on the class path
 * @param dataDirectory where everything that it writes goes
 * @param nameServerPort where the name server listens, on loopback
 * @param brokerPort where the broker listens, on loopback; it also opens the one two below, and for
 *     a moment the one above
 * @param owner the process to follow into its end, besides the one that holds standard input
 * @param followStandardInput whether the end of standard input ends the process
 * @param brokerSettings broker settings of the caller, over ours
 */
record HostSettings(
    RocketMQVersion version,
    Path dataDirectory,
    int nameServerPort,
    int brokerPort,
    @Nullable Owner owner,
    boolean followStandardInput,
    Map<String, String> brokerSettings) {

  private static final String SETTING = "set.";

  HostSettings {
    brokerSettings = Map.copyOf(brokerSettings);
  }

  List<String> toArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("version=" + version.name());
    arguments.add("data=" + dataDirectory);
    arguments.add("nameServerPort=" + nameServerPort);
    arguments.add("brokerPort=" + brokerPort);
    arguments.add("followStandardInput=" + followStandardInput);
    if (owner != null) {
      arguments.add("owner=" + owner.format());
    }
    brokerSettings.forEach((key, value) -> arguments.add(SETTING + key + "=" + value));
    return arguments;
  }

  static HostSettings parse(String... arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> brokerSettings = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("argument: " + argument + " (expected: name=value)");
      }
      String name = argument.substring(0, equals);
      String value = argument.substring(equals + 1);
      if (name.startsWith(SETTING)) {
        brokerSettings.put(name.substring(SETTING.length()), value);
      } else {
        values.put(name, value);
      }
    }
    String owner = values.get("owner");
    return new HostSettings(
        RocketMQVersion.valueOf(required(values, "version")),
        Path.of(required(values, "data")),
        Integer.parseInt(required(values, "nameServerPort")),
        Integer.parseInt(required(values, "brokerPort")),
        owner == null ? null : Owner.parse(owner),
        Boolean.parseBoolean(required(values, "followStandardInput")),
        brokerSettings);
  }

  private static String required(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("argument " + name + " is missing");
    }
    return value;
  }
}
