package dev.sluice.lifecycle.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RacesTest {

  private static final long SHORT_MILLIS = 700;

  @ParameterizedTest
  @ValueSource(
      classes = {
        CloseAgainstClose.class,
        CloseAgainstCollection.class,
        StageEndAgainstTimeout.class,
        StagesAgainstClosers.class,
        SweepAgainstSweep.class,
        TallyAgainstSnapshot.class,
        TallyCloseAgainstClose.class
      })
  void nothingUnexpectedIsSeenInAShortRun(Class<?> test) throws Exception {
    var run = new ShortRun(test);

    Map<String, Integer> seen = run.run(SHORT_MILLIS);

    assertThat(run.unexpected()).as("results of %s: %s", test.getSimpleName(), seen).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "sluice.stress", matches = "sanity|quick|default|tough|stress")
  void nothingUnexpectedIsSeenByJcstress() throws Exception {
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
