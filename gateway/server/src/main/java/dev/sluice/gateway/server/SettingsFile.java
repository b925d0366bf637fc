package dev.sluice.gateway.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A file of settings: YAML, one setting per line, {@code grpc-port: 50051}. */
final class SettingsFile {
  private SettingsFile() {}

  /**
   * Reads all settings of the file.
   *
   * @throws InvalidSettingsException where it cannot be read or has something that is no setting
   */
  static Map<Setting, String> read(Path file) {
    Object content = parse(file);
    if (content == null) {
      return Map.of();
    }
    if (!(content instanceof Map<?, ?> map)) {
      throw new InvalidSettingsException(
          file + ": no settings (expected: lines such as 'grpc-port: 50051')");
    }
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    List<String> problems = new ArrayList<>();
    map.forEach((key, value) -> add(file, String.valueOf(key), value, values, problems));
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return values;
  }

  private static @Nullable Object parse(Path file) {
    LoadSettings limits =
        LoadSettings.builder().setLabel(file.toString()).setMaxAliasesForCollections(0).build();
    try (InputStream in = Files.newInputStream(file)) {
      return new Load(limits).loadFromInputStream(in);
    } catch (NoSuchFileException e) {
      throw new InvalidSettingsException(file + ": no such file (expected: a file of settings)");
    } catch (IOException e) {
      throw new InvalidSettingsException(file + ": cannot be read: " + e.getMessage());
    } catch (YamlEngineException e) {
      throw new InvalidSettingsException(file + ": no YAML: " + problem(e));
    }
  }

  /** Without the lines that the parser quotes: secrets may be in them. */
  private static String problem(YamlEngineException e) {
    if (e instanceof MarkedYamlEngineException marked && marked.getProblemMark().isPresent()) {
      Mark mark = marked.getProblemMark().get();
      return "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }
    return e.getClass().getSimpleName();
  }

  private static void add(
      Path file,
      String key,
      @Nullable Object value,
      Map<Setting, String> values,
      List<String> problems) {
    Setting setting = Setting.named(key).orElse(null);
    if (setting == null) {
      problems.add(file + ": " + key + " is no setting (did you mean " + nearest(key) + "?)");
    } else if (value instanceof Map) {
      problems.add(
          file
              + ": "
              + key
              + " has settings under it (expected: "
              + setting.kind().expected()
              + ")");
    } else if (values.containsKey(setting)) {
      problems.add(file + ": " + key + " is there twice (expected: once)");
    } else if (value instanceof Collection<?> list) {
      values.put(setting, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
    } else {
      values.put(setting, value == null ? "" : String.valueOf(value));
    }
  }

  /** The setting whose name takes the fewest changes to become. */
  static String nearest(String key) {
    String wanted = key.toLowerCase(Locale.ROOT).replace('_', '-');
    String best = "";
    int fewest = Integer.MAX_VALUE;
    for (Setting setting : Setting.values()) {
      String name = setting.key();
      int changes = changes(wanted, name);
      if (changes < fewest) {
        fewest = changes;
        best = name;
      }
    }
    return best;
  }

  /** Levenshtein's distance. */
  private static int changes(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int above = row[j];
        int same = from.charAt(i - 1) == to.charAt(j - 1) ? diagonal : diagonal + 1;
        row[j] = Math.min(same, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[to.length()];
  }
}
