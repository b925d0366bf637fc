package dev.sluice.engines;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** Which RocketMQ an engine runs. */
public enum RocketMQVersion {
  /** 5.5.0. */
  V5("5.5.0", "rocketmq-5"),
  /** 4.9.7, of which there is no pop, no recall and no delivery at a time of one's choice. */
  V4("4.9.7", "rocketmq-4");

  /** The families of settings that came with 5. */
  private static final Pattern ONLY_FIVE =
      Pattern.compile(
          "(authentication|authorization|authConfig|initAuth|innerClientAuth|timer|pop|enablePop"
              + "|revive|recall|lite|enableLite).*");

  /** The settings of plain access control, which 5.5 has no more. */
  private static final Pattern ONLY_FOUR = Pattern.compile("aclEnable");

  private final String number;
  private final String module;

  RocketMQVersion(String number, String module) {
    this.number = number;
    this.module = module;
  }

  /** The number of the release, such as {@code 5.5.0}. */
  public String number() {
    return number;
  }

  /** The module of the build that collects the servers, and the name of their data by custom. */
  String module() {
    return module;
  }

  /**
   * Where the build collects the servers.
   *
   * @throws IllegalStateException if the system property {@code sluice.root} does not name the root
   *     of a source tree
   */
  public Path builtLibDirectory() {
    return RocketMQEngineOptions.sourceRoot().resolve("engines/" + module + "/target/lib");
  }

  /** Throws when one of the settings is of the other version. */
  void check(Map<String, String> brokerSettings) {
    Pattern foreign = this == V4 ? ONLY_FIVE : ONLY_FOUR;
    RocketMQVersion other = this == V4 ? V5 : V4;
    for (String name : brokerSettings.keySet()) {
      if (foreign.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "broker setting: %s is of RocketMQ %s (expected: one that RocketMQ %s has)"
                .formatted(name, other, this));
      }
    }
  }

  @Override
  public String toString() {
    return number;
  }
}
