package dev.sluice.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The official SDK's load as a process of its own, with its own class path: a new one for each
 * turn, so that no turn gains from another's warm code.
 */
final class SdkProcess {

  private static final int END_SECONDS = 60;

  private SdkProcess() {}

  /**
   * Runs one load against a server, whose accounting is read when its measuring begins and ends.
   */
  static Turn run(Stage stage, Peer.Running server, String load, String... arguments)
      throws IOException, InterruptedException {
    Path log = stage.work().resolve("sdk-" + load + ".log");
    Process process = start(stage, server, log, load, arguments);
    try (BufferedReader lines = process.inputReader()) {
      Turn turn = read(lines, server);
      if (turn == null) {
        throw new IOException(
            "the SDK's load ended without a result: "
                + String.join(System.lineSeparator(), Files.readAllLines(log)));
      }
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the SDK's load has not ended within " + END_SECONDS + " s");
      }
      return turn;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Process start(
      Stage stage, Peer.Running server, Path log, String load, String... arguments)
      throws IOException {
    Path target = stage.root().resolve("benchmarks/official-sdk/target");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Drocketmq.log.root=" + stage.work().resolve("sdk-logs"),
            "-Drocketmq.log.level=warn",
            "-cp",
            target.resolve("classes") + ":" + target.resolve("lib") + "/*",
            "dev.sluice.benchmarks.sdk.SdkLoad",
            load,
            "--endpoint=127.0.0.1:" + server.port()));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
        .start();
  }

  private static @Nullable Turn read(BufferedReader lines, Peer.Running server) throws IOException {
    Window window = Window.of(server.process());
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("BEGIN")) {
        window = Window.of(server.process());
      } else if (line.startsWith("END ")) {
        return turn(window, line.substring("END ".length()));
      }
    }
    return null;
  }

  private static Turn turn(Window window, String text) {
    // The failure comes last and may have spaces.
    int failure = text.indexOf(" failure=");
    Map<String, String> values =
        Arrays.stream(text.substring(0, failure).split(" ", -1))
            .map(part -> part.split("=", 2))
            .collect(Collectors.toMap(part -> part[0], part -> part[1]));
    long messages = Long.parseLong(values.get("messages"));
    return window
        .end(messages, number(values, "seconds"))
        .with(Column.P50, number(values, "p50"))
        .with(Column.P99, number(values, "p99"))
        .with(Column.CLIENT_CPU, number(values, "clientCpu"))
        .with(Column.FAILED, number(values, "failed"))
        .with(Column.REPEATED, number(values, "repeated"))
        .build(text.substring(failure + " failure=".length()));
  }

  private static double number(Map<String, String> values, String name) {
    return Double.parseDouble(values.getOrDefault(name, "NaN"));
  }
}
