package dev.sluice.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A client's load as a process of its own, with its own class path: a new one for each turn, so
 * that no turn gains from another's warm code. The accounting of what is measured is read when its
 * measuring begins and ends.
 */
final class LoadProcess {

  private static final int END_SECONDS = 60;
  private static final String FAILURE = " failure=";

  private LoadProcess() {}

  /** Runs a load of the official SDK against a server, which is measured. */
  static Turn sdk(Stage stage, Peer.Running server, String load, String... arguments)
      throws IOException, InterruptedException {
    Path target = stage.root().resolve("benchmarks/official-sdk/target");
    List<String> program = new ArrayList<>();
    program.addAll(
        List.of("-Xmx1g", "-cp", classPath(target), "dev.sluice.benchmarks.sdk.SdkLoad", load));
    program.add("--endpoint=127.0.0.1:" + server.port());
    program.addAll(Arrays.asList(arguments));
    return run(stage, "sdk-" + load, program, OptionalLong.of(server.process().pid()));
  }

  /** Runs a load of a client, which is measured itself. */
  static Turn client(Stage stage, Client client, String... arguments)
      throws IOException, InterruptedException {
    Path target = stage.root().resolve("benchmarks").resolve(client.module()).resolve("target");
    List<String> program = new ArrayList<>();
    String classPath = classPath(target);
    for (String peer : client.peers()) {
      classPath += ":" + stage.root().resolve("benchmarks/peers").resolve(peer) + "/target/lib/*";
    }
    program.addAll(
        List.of(
            "-Xmx" + stage.options().clientHeapMegabytes + 'm',
            "-cp",
            classPath,
            client.program()));
    program.add("--name-server=" + stage.nameServer());
    program.addAll(client.arguments());
    program.addAll(Arrays.asList(arguments));
    return run(stage, "client-load", program, OptionalLong.empty());
  }

  private static String classPath(Path target) {
    return target.resolve("classes") + ":" + target.resolve("lib") + "/*";
  }

  private static Turn run(Stage stage, String name, List<String> program, OptionalLong measured)
      throws IOException, InterruptedException {
    Path log = stage.work().resolve(name + ".log");
    Process process = start(stage, log, program);
    try (BufferedReader lines = process.inputReader()) {
      long pid = measured.orElse(process.pid());
      Turn turn = read(lines, pid, measured.isEmpty() ? stage.brokerPid() : OptionalLong.empty());
      if (turn == null) {
        throw new IOException(
            name
                + " ended without a result: "
                + String.join(System.lineSeparator(), Files.readAllLines(log)));
      }
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(name + " has not ended within " + END_SECONDS + " s");
      }
      return turn;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static Process start(Stage stage, Path log, List<String> program) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Duser.home=" + stage.work(),
            "-Drocketmq.log.root=" + stage.work().resolve("client-logs"),
            "-Drocketmq.log.level=warn"));
    command.addAll(program);
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
        .start();
  }

  private static @Nullable Turn read(BufferedReader lines, long pid, OptionalLong broker)
      throws IOException {
    Window window = Window.of(pid, broker);
    Turn.Builder turn = Turn.builder();
    String failure = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("BEGIN")) {
        window = Window.of(pid, broker);
      } else if (line.startsWith("END ")) {
        // The failure comes last and may have spaces.
        int last = line.indexOf(FAILURE);
        failure = line.substring(last + FAILURE.length());
        turn = turn(window, values(line.substring("END ".length(), last)));
      } else if (line.startsWith("MEMORY ")) {
        Map<String, String> memory = values(line.substring("MEMORY ".length()));
        return turn.with(Column.LIVE, number(memory, "live"))
            .with(Column.COMMITTED, number(memory, "heap") + number(memory, "beside"))
            .build(failure);
      }
    }
    return null;
  }

  private static Map<String, String> values(String text) {
    return Arrays.stream(text.split(" ", -1))
        .map(part -> part.split("=", 2))
        .collect(Collectors.toMap(part -> part[0], part -> part[1]));
  }

  private static Turn.Builder turn(Window window, Map<String, String> values) {
    long messages = Long.parseLong(values.get("messages"));
    double p50 = number(values, "p50");
    double p99 = number(values, "p99");
    return window
        .end(messages, number(values, "seconds"))
        .with(Column.P50, p50)
        .with(Column.P99, p99)
        .with(Column.P50_MICROS, 1000 * p50)
        .with(Column.P99_MICROS, 1000 * p99)
        .with(Column.CLIENT_CPU, number(values, "clientCpu"))
        .with(Column.FAILED, number(values, "failed"))
        .with(Column.REPEATED, number(values, "repeated"));
  }

  private static double number(Map<String, String> values, String name) {
    return Double.parseDouble(values.getOrDefault(name, "NaN"));
  }
}
