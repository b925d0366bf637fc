package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README holds: its commands work as written, in the order written, and its examples are those
 * that run.
 */
class ReadmeTest {

  @RegisterExtension static final Alone PORTS = Alone.onTheDefaultPorts();

  private static final Pattern COMMANDS = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern EXAMPLES =
      Pattern.compile("<!-- (\\S+) -->\\R```\\w+\\R(.*?)```", Pattern.DOTALL);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path data;

  @Test
  void itsExamplesAreTheFilesThatItNames() throws Exception {
    List<MatchResult> examples = EXAMPLES.matcher(readme()).results().toList();

    assertThat(examples).hasSize(2);
    for (MatchResult example : examples) {
      assertThat(Child.ROOT.resolve(example.group(1))).hasContent(example.group(2));
    }
  }

  @Test
  void itsCommandsWorkAsWrittenInTheOrderWritten() throws Exception {
    List<String> commands =
        COMMANDS
            .matcher(readme())
            .results()
            .flatMap(block -> block.group(1).lines())
            // Those that name the reader's own broker, and the build's own test command.
            .filter(line -> !line.contains("your-") && !line.equals("mvn verify"))
            .toList();
    assertThat(commands).hasSizeGreaterThan(7).first().isEqualTo("./sluice serve");

    try (Child gateway =
        Child.start(
            Child.ROOT,
            Map.of("DATA_DIR", data.toString()),
            shell("exec " + commands.getFirst()))) {
      gateway.awaitLine(PATIENCE, line -> line.startsWith("Sluice is ready"));

      for (String command : commands.subList(1, commands.size())) {
        try (Child child = Child.start(Child.ROOT, Map.of(), shell(command))) {
          int exit = child.awaitExit(PATIENCE);
          assertThat(exit).as("%s%n%s", command, child.output()).isZero();
          if (command.contains("hello.js") || command.contains("examples/java")) {
            assertThat(child.output().toString()).contains("sent: ", "received: Hello from ");
          }
        }
      }
    }
  }

  private static List<String> shell(String command) {
    return List.of("sh", "-c", command);
  }

  private static String readme() throws IOException {
    return Files.readString(Child.ROOT.resolve("README.md"));
  }
}
