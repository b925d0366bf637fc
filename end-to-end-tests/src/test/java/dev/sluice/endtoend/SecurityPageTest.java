package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/security.md work as written, in the order written. */
class SecurityPageTest {

  @RegisterExtension static final Alone PORTS = Alone.onTheDefaultPorts();

  private static final Pattern COMMANDS = Pattern.compile("```sh\\R(.*?)```", Pattern.DOTALL);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;

  @Test
  void itsCommandsWorkAsWrittenInTheOrderWritten() throws Exception {
    assumeThat(openSsl()).as("OpenSSL").startsWith("OpenSSL 3");
    List<String> commands =
        COMMANDS
            .matcher(Files.readString(Child.ROOT.resolve("docs/security.md")))
            .results()
            .flatMap(block -> block.group(1).lines())
            .toList();
    int serve = commands.indexOf(commands.stream().filter(this::serves).findFirst().orElseThrow());

    run(commands.subList(0, serve));
    try (Child gateway = start("exec " + commands.get(serve))) {
      gateway.awaitLine(PATIENCE, line -> line.startsWith("Sluice is ready"));
      List<String> printed = run(commands.subList(serve + 1, commands.size()));

      assertThat(printed).anyMatch(text -> text.contains("hello"));
      assertThat(printed).anyMatch(text -> text.contains("\"status\":\"ready\""));
      assertRefused("sluice send --topic orders --body x", "does not speak gRPC in plain text");
      assertRefused(
          "sluice send --topic orders --body x --tls-ca tls/ca.crt --api-key-file orders.key",
          "TLS failed");
      assertRefused(
          "sluice send --topic orders --body x --tls-ca tls/ca.crt --tls-cert tls/client.crt"
              + " --tls-key tls/client.key",
          "API key: missing");
    }
  }

  private boolean serves(String command) {
    return command.startsWith("sluice serve");
  }

  private List<String> run(List<String> commands) throws Exception {
    var printed = new java.util.ArrayList<String>();
    for (String command : commands) {
      try (Child child = start(command)) {
        int exit = child.awaitExit(PATIENCE);
        assertThat(exit).as("%s%n%s", command, child.output()).isZero();
        printed.add(child.output().toString());
      }
    }
    return printed;
  }

  private void assertRefused(String command, String told) throws Exception {
    try (Child child = start(command)) {
      assertThat(child.awaitExit(PATIENCE)).as(command).isNotZero();
      assertThat(child.output().toString()).contains(told);
    }
  }

  private Child start(String command) throws IOException {
    return Child.start(
        folder,
        Map.of(
            "PATH",
            Child.ROOT + ":" + System.getenv("PATH"),
            "DATA_DIR",
            folder.resolve("data").toString()),
        List.of("sh", "-c", command));
  }

  private static String openSsl() throws InterruptedException {
    try (Child child = Child.start(Child.ROOT, Map.of(), List.of("openssl", "version"))) {
      child.awaitExit(Duration.ofSeconds(10));
      return child.output().toString().strip();
    } catch (IOException e) {
      return "absent";
    }
  }
}
