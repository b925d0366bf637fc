package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands of docs/bench.md are such that there are; what they do is shown elsewhere. */
class BenchPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("sluice.root")).resolve("docs/bench.md");
  private static final Pattern COMMANDS = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);
  private static final String BENCH = "./sluice bench ";

  @Test
  void itsCommandsAreUnderstood() throws IOException {
    List<String> commands =
        COMMANDS
            .matcher(Files.readString(PAGE))
            .results()
            .flatMap(block -> block.group(1).lines())
            .toList();

    assertThat(commands).hasSizeGreaterThan(5).allMatch(command -> command.startsWith(BENCH));
    for (String command : commands) {
      BenchCommand bench = new BenchCommand();
      new CommandLine(bench).parseArgs(command.substring(BENCH.length()).split(" ", -1));
      assertThat(bench.options().plan().topic()).isEqualTo("load");
      assertThat(bench.options().thresholds()).isNotNull();
    }
  }
}
