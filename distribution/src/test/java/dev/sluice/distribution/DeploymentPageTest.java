package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** docs/deployment.md holds: its commands work as written, in the order written. */
class DeploymentPageTest {
  @RegisterExtension static final Installed INSTALLED = new Installed();

  private static final Pattern RUN = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern TOLD = Pattern.compile("```console\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern READY =
      Pattern.compile("Sluice is ready: gRPC (\\S+:\\d+), HTTP (\\S+:\\d+), upstream .*");

  private final Installation installation = INSTALLED.installation();

  @Test
  void aGatewayFromTheArchiveServesAMessageAndStops() throws Exception {
    // given the commands; the first two are how the archive got here
    List<String> commands = commands(RUN);
    assertThat(commands.subList(0, 2))
        .containsExactly("tar -xzf " + Installation.GATEWAY, "cd sluice-" + Installation.VERSION);
    int serve = commands.indexOf("bin/sluice serve --upstream your-name-server:9876");
    assertThat(serve).isGreaterThan(2);
    for (String command : commands.subList(2, serve)) {
      assertThat(run(command)).as(command).isNotBlank();
    }

    // when
    String upstream = INSTALLED.nameServer();
    try (Program gateway =
        start("exec " + commands.get(serve).replace("your-name-server:9876", upstream))) {
      Matcher ready = READY.matcher(gateway.awaitLine(line -> READY.matcher(line).matches()));
      assertThat(ready.matches()).isTrue();

      // then, with the addresses that it has here
      StringBuilder printed = new StringBuilder();
      for (String command : commands.subList(serve + 1, commands.size())) {
        printed.append(run(at(command, ready.group(1), ready.group(2)))).append('\n');
      }
      assertThat(printed.toString()).contains("\nhello\n", "\"status\":\"ready\"");

      gateway.terminate();
      assertThat(gateway.awaitExit()).as("%s", gateway).isZero();
      assertThat(gateway.output())
          .endsWith("Sluice is stopping ...\nSluice has stopped.")
          .doesNotContain("ERROR", "LEAK", "Exception");
    }
  }

  private static String at(String command, String grpc, String http) {
    return command
        .replace("localhost:8080", http)
        .replaceFirst("^bin/sluice (send|receive)", "bin/sluice $1 --gateway " + grpc);
  }

  @Test
  void theFilesThatItNamesAreThere() throws IOException {
    Pattern named = Pattern.compile("(?:/opt/sluice/| |\\()((?:\\.\\./)?deploy/[a-zA-Z/.-]+)");
    List<String> files =
        named.matcher(page()).results().map(match -> match.group(1).replace("../", "")).toList();

    assertThat(files)
        .hasSizeGreaterThan(5)
        .allSatisfy(
            file -> {
              assertThat(Installation.ROOT.resolve(file)).exists();
              assertThat(installation.home().resolve(file)).exists();
            });
    assertThat(commands(TOLD))
        .filteredOn(command -> command.contains("tar"))
        .allMatch(command -> command.contains(Installation.GATEWAY));
  }

  private static List<String> commands(Pattern block) throws IOException {
    return block.matcher(page()).results().flatMap(each -> each.group(1).lines()).toList();
  }

  private static String page() throws IOException {
    return Files.readString(Installation.ROOT.resolve("docs/deployment.md"));
  }

  private String run(String command) throws IOException, InterruptedException {
    try (Program program = start(command)) {
      assertThat(program.awaitExit()).as("%s", program).isZero();
      return program.output();
    }
  }

  private Program start(String command) throws IOException {
    Map<String, String> environment = new HashMap<>(installation.environment());
    // Where curl is, Maven may be: only the page's own commands see more than the launcher needs.
    if (!command.contains("bin/sluice")) {
      environment.put("PATH", System.getenv("PATH"));
    }
    return Program.start(installation.home(), environment, List.of("/bin/sh", "-c", command));
  }
}
