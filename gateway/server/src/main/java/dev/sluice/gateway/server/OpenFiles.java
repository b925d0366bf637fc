package dev.sluice.gateway.server;

import dev.sluice.gateway.access.ConnectionLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many gRPC connections this process can have, each of which is an open file: where callers may
 * have more, the rest is not accepted, instead of everything failing that needs a file.
 */
final class OpenFiles {
  private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
  private static final Pattern LINE = Pattern.compile("Max open files\\s+([0-9]{1,18})\\s.*");

  /** Libraries, logs, the data folder, connections to brokers. */
  private static final int OTHERS = 256;

  private static final int LEAST = 16;

  private OpenFiles() {}

  /**
   * The most gRPC connections; says in the log where that is fewer than callers may have.
   *
   * @param http the most HTTP connections
   */
  static int connections(ConnectionLimits limits, int http) {
    int most = connections(Path.of("/proc/self/limits"), http);
    if (most < limits.connections()) {
      LOG.warn(
          "MAX_CONCURRENT: {} (expected: at most {}, as this process may not have more files open;"
              + " 'ulimit -n' tells and sets how many)",
          limits.connections(),
          most);
    }
    return most;
  }

  /** Any number where the system does not tell. */
  static int connections(Path limits, int http) {
    try (Stream<String> lines = Files.lines(limits)) {
      return lines
          .map(LINE::matcher)
          .filter(Matcher::matches)
          .mapToLong(line -> Long.parseLong(line.group(1)))
          .mapToInt(files -> Math.clamp(files - http - OTHERS, LEAST, Integer.MAX_VALUE))
          .findFirst()
          .orElse(Integer.MAX_VALUE);
    } catch (IOException e) {
      return Integer.MAX_VALUE;
    }
  }
}
