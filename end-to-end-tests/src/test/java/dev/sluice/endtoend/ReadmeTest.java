package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The README holds, and so do the pages that it leads to: their commands work as written, in the
 * order written, and its examples are those that run. All beside the one gateway that the README
 * starts.
 */
class ReadmeTest {

  @RegisterExtension static final Alone PORTS = Alone.onTheDefaultPorts();

  private static final String SERVE = "./sluice serve";
  private static final Pattern COMMANDS = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern EXAMPLES =
      Pattern.compile("<!-- (\\S+) -->\\R```\\w+\\R(.*?)```", Pattern.DOTALL);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Pages repeat what is installed and built once. */
  private static final Set<String> INSTALLED = new HashSet<>();

  @TempDir static @Nullable Path data;

  private static @Nullable Child gateway;

  /** Its name server, which has another port where somebody else's has the usual one. */
  private static String upstream = "";

  @BeforeAll
  static void startAsTheReadmeSays() throws Exception {
    assertThat(blocks(page("README.md"))).first().isEqualTo(SERVE);
    gateway =
        Child.start(
            Child.ROOT,
            Map.of("DATA_DIR", Objects.requireNonNull(data).toString()),
            shell("exec " + SERVE));
    gateway.awaitLine(PATIENCE, line -> line.startsWith("Sluice is ready"));
    upstream = gateway.output().toString().replaceAll("(?s).* upstream (\\S+).*", "$1");
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  @Test
  void itsExamplesAreTheFilesThatItNames() throws Exception {
    List<MatchResult> examples = EXAMPLES.matcher(page("README.md")).results().toList();

    assertThat(examples).hasSize(2);
    for (MatchResult example : examples) {
      assertThat(Child.ROOT.resolve(example.group(1))).hasContent(example.group(2));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/concepts.md",
        "docs/operations.md",
        "docs/migrate-from-the-go-proxy.md"
      })
  void commandsWorkAsWrittenInTheOrderWritten(String page) throws Exception {
    run(page);
  }

  @Test
  void inFiveMinutesAMessageComesAgainWhoseReaderDied() throws Exception {
    List<String> printed = run("docs/five-minute-start.md");

    assertThat(printed).filteredOn(text -> text.contains("{\"total\": 12.5}")).hasSize(1);
    assertThat(printed)
        .filteredOn(text -> text.contains("99}"))
        .last()
        .asString()
        // More than once where the broker answered a reader that was just gone.
        .containsPattern("\\{\\\\\"total\\\\\": 99}.*\"delivered_before\":[1-9]");
  }

  /** What each command of the page printed. */
  private static List<String> run(String page) throws Exception {
    List<String> printed = new ArrayList<>();
    List<String> commands =
        blocks(page(page)).stream()
            // Those that name the reader's own broker, what runs already, and the build's own test.
            .filter(line -> !line.contains("your-") && !line.equals(SERVE))
            .filter(line -> !line.equals("mvn verify"))
            .toList();
    assertThat(blocks(page(page))).as(page).isNotEmpty();
    for (String command : commands) {
      if (command.startsWith("npm ") && !INSTALLED.add(command)) {
        continue;
      }
      try (Child child = Child.start(Child.ROOT, Map.of("UPSTREAM", upstream), shell(command))) {
        int exit = child.awaitExit(PATIENCE);
        String output = child.output().toString();
        assertThat(exit).as("%s: %s%n%s", page, command, output).isZero();
        if (command.contains("hello.js") || command.contains("examples/java")) {
          assertThat(output).contains("sent: ", "received: Hello from ");
        }
        printed.add(output);
      }
    }
    return printed;
  }

  private static List<String> blocks(String text) {
    return COMMANDS
        .matcher(text)
        .results()
        .flatMap(block -> block.group(1).lines())
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static List<String> shell(String command) {
    return List.of("sh", "-c", command);
  }

  private static String page(String name) throws IOException {
    return Files.readString(Child.ROOT.resolve(name));
  }
}
