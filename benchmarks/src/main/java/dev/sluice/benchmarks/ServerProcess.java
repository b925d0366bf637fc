package dev.sluice.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A server under measurement, read through the operating system's own accounting (Linux). */
final class ServerProcess implements AutoCloseable {

  private static final long TICKS_PER_SECOND = 100;

  private final Process process;
  private final Path log;
  private final Duration toReady;

  private ServerProcess(Process process, Path log, Duration toReady) {
    this.process = process;
    this.log = log;
    this.toReady = toReady;
  }

  /** Starts a command and waits until a line of its output says that it is ready. */
  static ServerProcess start(
      List<String> command,
      Map<String, String> environment,
      Path log,
      Predicate<String> ready,
      Duration timeout)
      throws IOException, InterruptedException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    Files.deleteIfExists(log);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    long begin = System.nanoTime();
    Process process = builder.start();
    while (true) {
      if (Files.exists(log) && Files.readAllLines(log).stream().anyMatch(ready)) {
        return new ServerProcess(process, log, Duration.ofNanos(System.nanoTime() - begin));
      }
      boolean dead = process.waitFor(5, TimeUnit.MILLISECONDS);
      if (dead || System.nanoTime() - begin > timeout.toNanos()) {
        process.destroyForcibly();
        throw new IOException(
            "not ready: " + String.join(" ", command) + System.lineSeparator() + tail(log));
      }
    }
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return String.join(
        System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  Duration toReady() {
    return toReady;
  }

  List<String> output() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** User and system time of the process since its start. */
  Duration cpu() {
    String stat = read("stat");
    // Fields after the command's name, which may hold spaces itself: utime and stime are 14 and 15.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
  }

  /** Resident memory, in MB of 1,048,576 bytes. */
  long residentMegabytes() {
    return status("VmRSS:") / 1024;
  }

  /** Platform threads. */
  long threads() {
    return status("Threads:");
  }

  private long status(String name) {
    return read("status")
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/" + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
