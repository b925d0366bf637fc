package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the settings about a whole process do: {@code sluice serve} as a child, told by variables.
 */
class ProcessSettingsTest {
  /** Nobody listens there, of which the gateway warns. */
  private static final String NOWHERE = "127.0.0.1:1";

  private static final String WARNING = "The upstream does not answer";

  @TempDir private Path data;

  @Test
  @Shows({Setting.ROCKETMQ_LOG_LEVEL, Setting.DATA_DIR})
  void warningsAreWrittenAsTextUnlessOnlyErrorsAreWanted() throws Exception {
    assertThat(linesOf(Map.of()))
        .anyMatch(line -> line.contains(" WARN ") && line.contains(WARNING));
    assertThat(linesOf(Map.of("ROCKETMQ_LOG_LEVEL", "error")))
        .noneMatch(line -> line.contains(WARNING));
    assertThat(Files.isRegularFile(data.resolve("cluster.key"))).isTrue();
  }

  @Test
  @Shows(Setting.LOG_FORMAT)
  void logLinesAreJsonObjectsWhereThatIsWanted() throws Exception {
    assertThat(linesOf(Map.of("LOG_FORMAT", "json")))
        .anyMatch(
            line ->
                line.startsWith("{")
                    && line.endsWith("}")
                    && line.contains("\"level\":\"WARN\"")
                    && line.contains(WARNING));
  }

  /** All that it prints from its start until it is ready and was told to stop. */
  private List<String> linesOf(Map<String, String> variables) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Sluice.class.getName(),
                "serve")
            .redirectErrorStream(true);
    command.environment().putAll(variables);
    command.environment().put("UPSTREAM", NOWHERE);
    command.environment().put("DATA_DIR", data.toString());
    command.environment().put("GRPC_PORT", "0");
    command.environment().put("METRICS_PORT", "0");
    Process process = command.start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader output = process.inputReader()) {
      readUntilReady(output, lines);
      // Not of the process itself, which would close the stream.
      process.toHandle().destroy();
      output.lines().forEach(lines::add);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("%s", lines).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as("%s", lines).isZero();
    return lines;
  }

  private static void readUntilReady(BufferedReader output, List<String> lines) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.startsWith("Sluice is ready")) {
        return;
      }
    }
    throw new AssertionError("ended before it was ready: " + lines);
  }
}
