package dev.sluice.proofs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What a Java process holds after a collection.
 *
 * @param byClass bytes of all objects of a class, by its name
 */
record LiveObjects(Map<String, Long> byClass) {

  /** Not looked at yet. */
  static final LiveObjects NONE = new LiveObjects(Map.of());

  private static final Pattern ROW = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");

  /** Has the process collect its garbage, and looks. Starts a thread in it that stays. */
  static LiveObjects of(long pid) throws IOException, InterruptedException {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Path output = Files.createTempFile("live-objects", ".txt");
    try {
      Process asking =
          new ProcessBuilder(tool.toString(), Long.toString(pid), "GC.class_histogram")
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!asking.waitFor(1, TimeUnit.MINUTES)) {
        asking.destroyForcibly();
        throw new IOException("jcmd has not answered");
      }
      return parse(Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }

  private static LiveObjects parse(String table) throws IOException {
    var byClass = new HashMap<String, Long>();
    table
        .lines()
        .map(ROW::matcher)
        .filter(row -> row.matches())
        .forEach(row -> byClass.merge(row.group(2), Long.parseLong(row.group(1)), Long::sum));
    if (byClass.isEmpty()) {
      throw new IOException("jcmd answered: " + table);
    }
    return new LiveObjects(Map.copyOf(byClass));
  }

  long bytes() {
    return byClass.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The classes whose objects take the most more bytes later, with how many more. */
  List<String> grown(LiveObjects later, int most) {
    return later.byClass().entrySet().stream()
        .map(
            entry ->
                Map.entry(
                    entry.getKey(), entry.getValue() - byClass.getOrDefault(entry.getKey(), 0L)))
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(most)
        .map(entry -> entry.getKey() + " +" + entry.getValue())
        .toList();
  }
}
