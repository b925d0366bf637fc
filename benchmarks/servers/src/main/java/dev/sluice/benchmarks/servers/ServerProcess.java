package dev.sluice.benchmarks.servers;

import dev.sluice.benchmarks.machine.ProcessAccounting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A child process, its output in a file, read through the operating system's own accounting
 * (Linux). Closing ends it and waits for its end. Safe for use by any thread.
 */
public final class ServerProcess implements AutoCloseable {

  private final Process process;
  private final Path log;
  private final long begun;

  private ServerProcess(Process process, Path log, long begun) {
    this.process = process;
    this.log = log;
    this.begun = begun;
  }

  /**
   * Starts a command and returns at once.
   *
   * @param environment added to ours
   * @param log takes its output, and is replaced
   */
  public static ServerProcess start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    long begun = System.nanoTime();
    return new ServerProcess(builder.start(), log, begun);
  }

  /**
   * Waits for a line of its output.
   *
   * @return the time since its start
   * @throws IOException with the output's end where it ends first, or is late; it is ended then
   */
  public Duration awaitLine(Predicate<String> line, Duration timeout)
      throws IOException, InterruptedException {
    return await(() -> output().stream().anyMatch(line), timeout);
  }

  /**
   * Waits until a port accepts connections.
   *
   * @return the time since its start
   * @throws IOException with the output's end where it ends first, or is late; it is ended then
   */
  public Duration awaitListening(int port, Duration timeout)
      throws IOException, InterruptedException {
    return await(() -> Ports.isListening(port), timeout);
  }

  private Duration await(BooleanSupplier condition, Duration timeout)
      throws IOException, InterruptedException {
    while (true) {
      if (condition.getAsBoolean()) {
        return Duration.ofNanos(System.nanoTime() - begun);
      }
      boolean dead = process.waitFor(2, TimeUnit.MILLISECONDS);
      if (dead || System.nanoTime() - begun > timeout.toNanos()) {
        List<String> lines = output();
        process.destroyForcibly();
        throw new IOException(
            (dead ? "it ended: " : "not ready within " + timeout + ": ")
                + process.info().commandLine().orElse("a process")
                + System.lineSeparator()
                + String.join(
                    System.lineSeparator(),
                    lines.subList(Math.max(0, lines.size() - 20), lines.size())));
      }
    }
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** What it has written so far. */
  public List<String> output() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** User and system time since its start. */
  public Duration cpu() {
    return ProcessAccounting.cpu(process.pid());
  }

  /** Resident memory, in MB of 1,048,576 bytes. */
  public long residentMegabytes() {
    return ProcessAccounting.residentMegabytes(process.pid());
  }

  /** Platform threads. */
  public long threads() {
    return ProcessAccounting.threads(process.pid());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(40, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
