package dev.sluice.eventbus.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A Java program of its own that a test started. It is killed where it is not ended before. */
final class ChildProgram implements AutoCloseable {
  private final Process process;

  private ChildProgram(Process process) {
    this.process = process;
  }

  /** Starts a class that has a {@code main}, with this process's class path. */
  static ChildProgram start(Class<?> main, List<String> jvmOptions, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(arguments);
    return new ChildProgram(new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
  }

  /** Reads what it prints until a line begins so; the rest of that line. */
  String await(String beginning, Duration time) throws Exception {
    return CompletableFuture.supplyAsync(
            () -> read(beginning), task -> Thread.ofVirtual().start(task))
        .get(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private String read(String beginning) {
    BufferedReader output = process.inputReader();
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(beginning)) {
          return line.substring(beginning.length());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("it ended without " + beginning);
  }

  /** Has it close in order; what it says then. */
  String end(Duration time) throws Exception {
    process.getOutputStream().close();
    String said = await("closed=", time);
    process.waitFor();
    return said;
  }

  /** At once, by a signal that it does not see; returns when it has ended. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
