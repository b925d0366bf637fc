package dev.sluice.eventbus.tools;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is said to a broker besides its address, secrets among it: a file of properties, and over it
 * the environment, where {@code SLUICE_BUS_SECRET_KEY} is {@code secret.key}. Values are never
 * printed.
 */
final class BusSettings {
  /** Of variables that are settings. */
  static final String PREFIX = "SLUICE_BUS_";

  /** The file, where none is named on the command line. */
  static final String FILE_VARIABLE = "SLUICE_BUS_CONFIG";

  private final Map<String, String> values = new TreeMap<>();
  // Where a person finds a setting.
  private final Map<String, String> origins = new HashMap<>();

  private BusSettings() {}

  /**
   * Reads them.
   *
   * @throws CommandException if the file cannot be read
   */
  static BusSettings read(@Nullable Path file, Map<String, String> environment) {
    BusSettings settings = new BusSettings();
    if (file != null) {
      Properties properties = load(file);
      for (String name : properties.stringPropertyNames()) {
        settings.put(name, properties.getProperty(name), file + ": " + name);
      }
    }
    environment.forEach(
        (variable, value) -> {
          boolean named = variable.startsWith(PREFIX) && !variable.equals(FILE_VARIABLE);
          if (named && !value.isEmpty()) {
            String name = variable.substring(PREFIX.length());
            settings.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value, variable);
          }
        });
    return settings;
  }

  private void put(String name, String value, String origin) {
    values.put(name, value);
    origins.put(name, origin);
  }

  private static Properties load(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return properties;
    } catch (NoSuchFileException e) {
      throw CommandException.invalid("--config", file + " does not exist", "a properties file");
    } catch (IOException | IllegalArgumentException e) {
      throw CommandException.invalid(
          "--config", file + " cannot be read: " + e.getMessage(), "a properties file in UTF-8");
    }
  }

  /** All of them. */
  Map<String, String> all() {
    return Map.copyOf(values);
  }

  @Nullable String value(String name) {
    return values.get(name);
  }

  /** A setting's value, or the given one where it is not set. */
  String value(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  boolean hasAny(Collection<String> names) {
    return names.stream().anyMatch(this::has);
  }

  /** The file that a setting names; null where it is not set. */
  @Nullable Path file(String name) {
    String value = values.get(name);
    return value == null ? null : Path.of(value);
  }

  /**
   * A setting that is true or false.
   *
   * @throws CommandException if it is neither
   */
  boolean flag(String name, boolean otherwise) {
    return switch (value(name, String.valueOf(otherwise))) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused(name, "true or false");
    };
  }

  /**
   * Checks that there is nothing else.
   *
   * @throws CommandException that names what is unknown, and what is known
   */
  void allowOnly(Collection<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw refused(name, "one of " + String.join(", ", new TreeSet<>(known)));
      }
    }
  }

  /** A setting that cannot be; named without its value, which may be a secret. */
  CommandException refused(String name, String expected) {
    return new CommandException(
        ExitCodes.USAGE, origins.getOrDefault(name, name) + " (expected: " + expected + ')');
  }
}
