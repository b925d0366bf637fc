package dev.sluice.gateway.server;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The values of all settings: from a flag, else the environment, else the file, else the default.
 * Collects what is wrong, so that all of it can be told at once.
 */
final class SettingValues {
  /** The variable that names the file where no flag does. */
  static final String FILE_VARIABLE = "SLUICE_CONFIG";

  private final Map<Setting, Object> values = new EnumMap<>(Setting.class);
  private final List<String> problems = new ArrayList<>();

  private SettingValues() {}

  /**
   * Reads all settings.
   *
   * @param flags those given as flags
   * @param file the file named by a flag
   * @param environment the variables; empty ones count as not set
   */
  static SettingValues read(
      Map<Setting, String> flags, Optional<Path> file, Map<String, String> environment) {
    Map<Setting, String> fromFile =
        file.or(() -> fileOf(environment)).map(SettingsFile::read).orElse(Map.of());
    SettingValues read = new SettingValues();
    for (Setting setting : Setting.values()) {
      String variable = environment.getOrDefault(setting.name(), "");
      String flag = flags.get(setting);
      String inFile = fromFile.get(setting);
      if (flag != null) {
        read.put(setting, flag, setting.flag());
      } else if (!variable.isBlank()) {
        read.put(setting, variable, "the environment");
      } else if (inFile != null) {
        read.put(setting, inFile, "the file");
      } else {
        read.put(setting, setting.standard(), "the default");
      }
    }
    return read;
  }

  private static Optional<Path> fileOf(Map<String, String> environment) {
    String name = environment.getOrDefault(FILE_VARIABLE, "");
    try {
      return name.isBlank() ? Optional.empty() : Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      throw new InvalidSettingsException(
          FILE_VARIABLE + ": " + name + " (expected: the path of a file)");
    }
  }

  private void put(Setting setting, String text, String origin) {
    Object value = setting.kind().read(text.strip());
    if (value == null) {
      problem(setting, text.strip(), setting.kind().expected() + "; from " + origin);
      value = setting.kind().read(setting.standard());
    }
    values.put(setting, value == null ? setting.standard() : value);
  }

  /** Notes what is wrong with a value. */
  void problem(Setting setting, String value, String expected) {
    problems.add(
        setting
            + ": "
            + (setting.secret() ? "(not shown)" : value)
            + " (expected: "
            + expected
            + ")");
  }

  /** Throws if anything was wrong. */
  void check() {
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  int number(Setting setting) {
    return (Integer) value(setting);
  }

  Duration time(Setting setting) {
    return (Duration) value(setting);
  }

  String text(Setting setting) {
    return (String) value(setting);
  }

  private Object value(Setting setting) {
    Object value = values.get(setting);
    if (value == null) {
      throw new IllegalStateException(setting + ": not read");
    }
    return value;
  }
}
