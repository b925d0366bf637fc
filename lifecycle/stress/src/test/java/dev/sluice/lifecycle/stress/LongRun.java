package dev.sluice.lifecycle.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the jcstress tests of a module by jcstress itself, as the system properties {@code
 * sluice.stress} and {@code sluice.stress.results} say. Other modules use it too.
 */
public final class LongRun {

  private LongRun() {}

  /** Fails if something unexpected is seen. */
  public static void run() throws IOException, InterruptedException {
    Path results = Path.of(System.getProperty("sluice.stress.results")).toAbsolutePath();
    Files.createDirectories(results);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("org.openjdk.jcstress.Main");
    command.addAll(List.of("-m", System.getProperty("sluice.stress")));
    command.addAll(List.of("-r", results.toString()));
    Path log = results.resolve("log.txt");

    int exit = run(command, results, log);

    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(exit).as(output).isZero();
    assertThat(output).contains("HTML report generated");
  }

  private static int run(List<String> command, Path directory, Path log)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      process.getOutputStream().close();
      return process.waitFor();
    } finally {
      process.destroyForcibly();
    }
  }
}
