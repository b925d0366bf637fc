package dev.sluice.benchmarks.bus;

import dev.sluice.benchmarks.machine.ProcessAccounting;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A load as a process of its own, with its own class path: a new one for each turn, so that no turn
 * gains from another's warm code.
 */
final class LoadProcess {

  private static final int END_SECONDS = 60;

  /** It comes last, and may have spaces. */
  private static final String FAILURE = " failure=";

  private LoadProcess() {}

  /**
   * A program of this repository.
   *
   * @param module the folder under {@code benchmarks} that it is built in
   * @param peers the folders under {@code benchmarks/peers} with libraries that it runs with
   * @param type its class
   */
  record Program(String module, List<String> peers, String type) {

    Program {
      peers = List.copyOf(peers);
    }
  }

  /**
   * What a turn told.
   *
   * @param values by name
   * @param othersPercent of the machine's processor time, what neither the brokers nor the load
   *     used
   */
  record Told(Map<String, String> values, double othersPercent) {

    Told {
      values = Map.copyOf(values);
    }

    double number(String name) {
      return Double.parseDouble(values.getOrDefault(name, "NaN"));
    }

    long count(String name) {
      return Long.parseLong(values.getOrDefault(name, "-1"));
    }
  }

  /** Runs a program to its end. */
  static Told run(Stage stage, Program program, List<String> arguments)
      throws IOException, InterruptedException {
    Path log = stage.work().resolve(program.module() + ".log");
    Process process =
        new ProcessBuilder(command(stage, program, arguments))
            .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
            .start();
    try (BufferedReader lines = process.inputReader()) {
      Told told = read(lines);
      if (told == null) {
        throw new IOException(
            program.type()
                + " ended without a result: "
                + String.join(System.lineSeparator(), Files.readAllLines(log)));
      }
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(program.type() + " has not ended within " + END_SECONDS + " s");
      }
      return told;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static List<String> command(Stage stage, Program program, List<String> arguments) {
    Path benchmarks = stage.root().resolve("benchmarks");
    Path target = benchmarks.resolve(program.module()).resolve("target");
    var classPath = new StringBuilder();
    classPath.append(target.resolve("classes")).append(':').append(target.resolve("lib/*"));
    for (String peer : program.peers()) {
      classPath
          .append(':')
          .append(benchmarks.resolve("peers").resolve(peer))
          .append("/target/lib/*");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(stage.jvm());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            classPath.toString(),
            program.type()));
    command.addAll(arguments);
    return command;
  }

  private static @Nullable Told read(BufferedReader lines) throws IOException {
    Window window = Window.now();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("BEGIN")) {
        window = Window.now();
      } else if (line.startsWith("END ")) {
        return new Told(values(line.substring("END ".length())), window.othersPercent());
      }
    }
    return null;
  }

  private static Map<String, String> values(String text) {
    int last = text.indexOf(FAILURE);
    Map<String, String> values = new HashMap<>();
    Arrays.stream((last < 0 ? text : text.substring(0, last)).split(" ", -1))
        .map(part -> part.split("=", 2))
        .forEach(part -> values.put(part[0], part[1]));
    values.put("failure", last < 0 ? "" : text.substring(last + FAILURE.length()));
    return values;
  }

  /** From when the load began to measure. */
  private record Window(long begun, Duration own, Duration machine) {

    static Window now() {
      return new Window(
          System.nanoTime(), ProcessAccounting.ownBusy(), ProcessAccounting.machineBusy());
    }

    double othersPercent() {
      Window end = now();
      Duration others = end.machine.minus(machine).minus(end.own.minus(own));
      double whole = (end.begun - begun) * (double) Runtime.getRuntime().availableProcessors();
      return Math.max(0, 100 * others.toNanos() / whole);
    }
  }
}
