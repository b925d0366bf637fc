package dev.sluice.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What a figure belongs to: the machine, its software, and how busy it was (Linux). */
public final class MachineFacts {

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT);

  private MachineFacts() {}

  /** One line, for the head of a result. */
  public static String line() throws IOException {
    String load = Files.readString(Path.of("/proc/loadavg"));
    String[] averages = load.split(" ", -1);
    return "%s, %d cores (%s), %d GB, Linux %s, %s %s; load average before the start %s, %s, %s"
        .formatted(
            ZonedDateTime.now(ZoneOffset.UTC).format(MINUTE),
            Runtime.getRuntime().availableProcessors(),
            field("/proc/cpuinfo", "model name"),
            Math.round(
                Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", ""))
                    / 1048576.0),
            // Its first two numbers: what distributions add tells nothing here.
            System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"),
            System.getProperty("java.vendor.version", "JDK"),
            System.getProperty("java.version"),
            averages[0],
            averages[1],
            averages[2]);
  }

  private static String field(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("unknown");
  }
}
