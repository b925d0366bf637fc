package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** A process that a test started; ended with the test. */
final class Child implements AutoCloseable {

  /** This repository. */
  static final Path ROOT = Path.of(System.getProperty("sluice.root")).toAbsolutePath();

  private final String name;
  private final Process process;
  private final Lines output;

  private Child(String name, Process process) {
    this.name = name;
    this.process = process;
    this.output = new Lines(name, process.getInputStream());
  }

  static Child start(Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new Child(command.getFirst(), builder.start());
  }

  /** The launcher, as a user types it. */
  static Child sluice(String... arguments) throws IOException {
    return sluice(Map.of(), arguments);
  }

  static Child sluice(Map<String, String> environment, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(ROOT.resolve("sluice").toString());
    command.addAll(List.of(arguments));
    return start(ROOT, environment, command);
  }

  /** A script of the published Node.js SDK. */
  static Child node(String script, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(script);
    command.addAll(List.of(arguments));
    return node(Map.of(), command);
  }

  /** Node.js, in the folder of the packages. */
  static Child node(Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    NodePackages.install();
    var command = new ArrayList<String>();
    command.add("node");
    command.addAll(arguments);
    return start(NodePackages.FOLDER, environment, command);
  }

  /** A line on its standard input. */
  void type(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  Lines output() {
    return output;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Waits for a line; fails with everything printed when it does not come. */
  void awaitLine(Duration timeout, Predicate<String> line) {
    try {
      await("a line of " + name)
          .atMost(timeout)
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                if (output.any(line)) {
                  return true;
                }
                if (process.isAlive()) {
                  return false;
                }
                // Its last lines may be on their way.
                output.toEnd();
                assertThat(output.any(line)).as("%s ended: %s", name, output).isTrue();
                return true;
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + ": " + output, e);
    }
  }

  /** Waits for the end. */
  int awaitExit(Duration timeout) throws InterruptedException {
    assertThat(process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS))
        .as("%s has not ended: %s", name, output)
        .isTrue();
    output.toEnd();
    return process.exitValue();
  }

  /** SIGTERM; by the handle, as the process itself would close its output before its last lines. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** SIGINT, as by Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  /** SIGKILL, and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    List<ProcessHandle> own = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        // With those that it would have ended, which would write on to folders that are deleted.
        own.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        own.forEach(each -> each.onExit().join());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
