package dev.sluice.gateway.access;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The file of API keys: a YAML list, one entry for each name. It holds digests of keys, and no key.
 */
final class ApiKeyFile {
  private static final int MAX_ENTRIES = 10_000;
  private static final int MAX_DIGESTS = 4;
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Set<String> FIELDS =
      Set.of("name", "sha256", "requests-per-second", "burst", "sessions", "streams");
  private static final String EXPECTED =
      "a YAML list of entries with name and sha256; 'sluice key create' makes one";

  private final NamedFile file;
  private final List<ApiKeyEntry> entries = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Set<String> digests = new HashSet<>();

  private ApiKeyFile(NamedFile file) {
    this.file = file;
  }

  /**
   * Reads the file.
   *
   * @throws AccessException where anything in it is not as it should be; does not quote digests
   */
  static List<ApiKeyEntry> read(NamedFile file, FileContents contents) {
    ApiKeyFile reading = new ApiKeyFile(file);
    Object content = parse(file, contents.of(file, EXPECTED));
    if (!(content instanceof List<?> list) || list.isEmpty() || list.size() > MAX_ENTRIES) {
      throw file.unusable(
          "has " + (content instanceof List<?> any ? any.size() : "no list of") + " entries",
          "1 to " + MAX_ENTRIES + " in " + EXPECTED);
    }
    for (int i = 0; i < list.size(); i++) {
      reading.add("entry " + (i + 1), list.get(i));
    }
    return List.copyOf(reading.entries);
  }

  private static @Nullable Object parse(NamedFile file, byte[] bytes) {
    LoadSettings limits = LoadSettings.builder().setMaxAliasesForCollections(0).build();
    try {
      return new Load(limits).loadFromInputStream(new ByteArrayInputStream(bytes));
    } catch (YamlEngineException e) {
      // Not given as the cause: its message quotes lines of the file.
      throw file.unusable("is no YAML", EXPECTED);
    }
  }

  private void add(String where, @Nullable Object content) {
    if (!(content instanceof Map<?, ?> fields)) {
      throw file.unusable("has something else in " + where, EXPECTED);
    }
    for (Object field : fields.keySet()) {
      if (!(field instanceof String text) || !FIELDS.contains(text)) {
        throw file.unusable(
            "has an unknown field in " + where,
            String.join(", ", FIELDS.stream().sorted().toList()));
      }
    }
    String name = String.valueOf(fields.get("name"));
    if (!(fields.get("name") instanceof String) || !NAME.matcher(name).matches()) {
      throw file.unusable("has no name in " + where, "1 to 64 of A-Z a-z 0-9 . _ -");
    }
    if (!names.add(name)) {
      throw file.unusable("has the name " + name + " twice", "each once; sha256 may be a list");
    }
    String key = where + " (" + name + ")";
    Optional<Integer> perSecond = number(key, fields, "requests-per-second");
    Optional<Integer> burst = number(key, fields, "burst");
    if (burst.isPresent() && perSecond.isEmpty()) {
      throw file.unusable("has a burst alone in " + key, "requests-per-second beside it");
    }
    entries.add(
        new ApiKeyEntry(
            name,
            digests(key, fields.get("sha256")),
            new Limits(
                perSecond.map(rate -> new RateLimit.Rate(rate, burst.orElse(rate))),
                number(key, fields, "sessions").orElse(Limits.MOST),
                number(key, fields, "streams").orElse(Limits.MOST))));
  }

  private List<String> digests(String key, @Nullable Object value) {
    Collection<?> all = value instanceof Collection<?> list ? list : List.of(String.valueOf(value));
    List<String> read = new ArrayList<>();
    for (Object one : all) {
      String digest = String.valueOf(one);
      if (!DIGEST.matcher(digest).matches()) {
        throw file.unusable("has a sha256 that is none in " + key, "64 hex digits, in quotes");
      }
      if (!digests.add(digest.toLowerCase(Locale.ROOT))) {
        throw file.unusable(
            "has the sha256 of " + key + " twice", "a key of its own for each name");
      }
      read.add(digest.toLowerCase(Locale.ROOT));
    }
    if (read.isEmpty() || read.size() > MAX_DIGESTS) {
      throw file.unusable(
          "has " + read.size() + " sha256 in " + key, "1 to " + MAX_DIGESTS + " in an entry");
    }
    return List.copyOf(read);
  }

  private Optional<Integer> number(String key, Map<?, ?> fields, String field) {
    Object value = fields.get(field);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Integer number && number >= 1 && number <= Limits.MOST) {
      return Optional.of(number);
    }
    throw file.unusable(
        "has " + field + ": " + value + " in " + key, "a whole number of 1 to " + Limits.MOST);
  }
}
