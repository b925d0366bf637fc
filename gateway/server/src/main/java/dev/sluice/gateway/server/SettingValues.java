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
 * The values of all settings: from a flag, else the environment, else the file, else the profile,
 * else the default. Collects what is wrong, so that all of it can be told at once.
 */
final class SettingValues {
  /** The variable that names the file where no flag does. */
  static final String FILE_VARIABLE = "SLUICE_CONFIG";

  /** Where a value came from; the later ones win. */
  enum Source {
    DEFAULT,
    PROFILE,
    FILE,
    ENVIRONMENT,
    FLAG
  }

  /**
   * A value as it was given.
   *
   * @param text without surrounding white space
   * @param source where it came from
   * @param place the same more exactly: the flag, the file or the profile; for people
   */
  record Given(String text, Source source, String place) {}

  private final Map<Setting, Given> given = new EnumMap<>(Setting.class);
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
    Optional<Path> named = file.or(() -> fileOf(environment));
    Map<Setting, String> fromFile = named.map(SettingsFile::read).orElse(Map.of());
    SettingValues read = new SettingValues();
    for (Setting setting : Setting.values()) {
      String variable = environment.getOrDefault(setting.name(), "");
      String flag = flags.get(setting);
      String inFile = fromFile.get(setting);
      if (flag != null) {
        read.put(setting, new Given(flag.strip(), Source.FLAG, setting.flag()));
      } else if (!variable.isBlank()) {
        read.put(setting, new Given(variable.strip(), Source.ENVIRONMENT, "the environment"));
      } else if (inFile != null) {
        read.put(setting, new Given(inFile.strip(), Source.FILE, "the file " + named.get()));
      } else {
        read.put(setting, read.preset(setting));
      }
    }
    return read;
  }

  /** By the profile, which is read first of all settings, or by default. */
  private Given preset(Setting setting) {
    if (setting != Setting.PROFILE) {
      Profile profile = Profile.of(text(Setting.PROFILE));
      String preset = profile.presets().get(setting);
      if (preset != null) {
        return new Given(preset, Source.PROFILE, "the profile " + profile.word());
      }
    }
    return new Given(setting.standard(), Source.DEFAULT, "the default");
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

  private void put(Setting setting, Given one) {
    given.put(setting, one);
    Object value = setting.kind().read(one.text());
    if (value == null) {
      problem(setting, one.text(), setting.kind().expected());
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
            + "; from "
            + given(setting).place()
            + ")");
  }

  /** Throws if anything was wrong. */
  void check() {
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  /** As it was given, and where. */
  Given given(Setting setting) {
    Given one = given.get(setting);
    if (one == null) {
      throw new IllegalStateException(setting + ": not read");
    }
    return one;
  }

  int number(Setting setting) {
    return (Integer) value(setting);
  }

  /** In bytes. */
  long size(Setting setting) {
    return (Long) value(setting);
  }

  Duration time(Setting setting) {
    return (Duration) value(setting);
  }

  boolean isTrue(Setting setting) {
    return text(setting).equals("true");
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
