package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process that a test started, with nothing in its environment but what it was given. */
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final List<String> command;
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private Program(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  static Program start(Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new Program(command, builder.start());
  }

  /** Runs it to its end, and expects that to be a good one. What it printed. */
  static String run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    try (Program program = start(folder, environment, command)) {
      assertThat(program.awaitExit()).as("%s", program).isZero();
      return program.output();
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(lines::add);
    } catch (IOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** All that it has printed. */
  String output() {
    return String.join("\n", lines);
  }

  /** Waits for a line, and returns it. */
  String awaitLine(Predicate<String> wanted) {
    await().atMost(PATIENCE).until(() -> lines.stream().anyMatch(wanted) || hasEnded());
    return lines.stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow(() -> new AssertionError("ended before the line came: " + this));
  }

  private boolean hasEnded() {
    return !process.isAlive() && !reader.isAlive();
  }

  /** Waits for its end, and for all that it has printed. */
  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("has not ended: %s", this)
        .isTrue();
    reader.join();
    return process.exitValue();
  }

  /** SIGTERM; by the handle, as the process itself would close its output before its last lines. */
  void terminate() {
    process.toHandle().destroy();
  }

  @Override
  public String toString() {
    return command + "\n" + output();
  }

  @Override
  public void close() {
    process.toHandle().destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
