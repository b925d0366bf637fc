package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/sluice} of the archive. */
class LauncherTest {
  @RegisterExtension static final Installed INSTALLED = new Installed();

  private final Installation installation = INSTALLED.installation();

  @TempDir private Path folder;

  @Test
  void itRunsThroughALinkFromAnywhere() throws Exception {
    Path launcher = installation.home().resolve("bin/sluice");
    Path link = Files.createSymbolicLink(installation.home().resolveSibling("a link"), launcher);

    assertThat(
            Program.run(folder, installation.environment(), List.of(link.toString(), "--version")))
        .startsWith("Sluice " + Installation.VERSION + "\nJava ");
  }

  @Test
  void withoutAJavaItSaysWhatToInstall() throws Exception {
    // A Java that is too old.
    Path old = Files.createDirectories(folder.resolve("bin"));
    Files.copy(Path.of("/bin/true"), old.resolve("java"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"21.0.1\"\n");

    try (Program program =
        installation.start(
            installation.environment(Map.of("SLUICE_JAVA_HOME", folder.toString())), "--version")) {
      assertThat(program.awaitExit()).as("%s", program).isEqualTo(69);
      assertThat(program.output())
          .isEqualTo(
              "sluice: SLUICE_JAVA_HOME: %s (expected: the folder of a Java 25 or later)"
                  .formatted(folder));
    }
  }

  @Test
  void deadLettersAreAProgramThatIsThere() throws Exception {
    assertThat(installation.run("dead-letters", "list", "--help")).contains("--bus=<address>");
  }

  @Test
  void withoutUpstreamAndEngineItSaysHowToGetEither() throws Exception {
    Map<String, String> environment =
        installation.environment(Map.of("SLUICE_JAVA_OPTS", "-Dsluice.engine=" + "/no/engine"));

    try (Program program = installation.start(environment, "serve")) {
      assertThat(program.awaitExit()).as("%s", program).isEqualTo(1);
      assertThat(program.output())
          .contains(
              "sluice: UPSTREAM: not set, and there is no embedded RocketMQ in /no/engine"
                  + " (expected: --upstream with",
              "sluice-engine-" + Installation.VERSION + ".tar.gz, unpacked where")
          .doesNotContain("Exception");
    }
  }

  @Test
  void whatMakesStartsQuickIsMadeOnceAndUsed() throws Exception {
    // given
    installation.run("rehearse");
    List<Path> made = caches();
    assertThat(made).hasSize(1);

    // when it is asked for again, and a gateway starts that says so if it is not used
    String again = installation.run("rehearse");
    Map<String, String> strictly =
        installation.environment(
            Map.of("UPSTREAM", "127.0.0.1:1", "SLUICE_JAVA_OPTS", "-XX:AOTMode=on"));
    try (Program gateway = installation.start(strictly, "serve")) {
      gateway.awaitLine(line -> line.startsWith("Sluice is ready"));
      gateway.terminate();
      assertThat(gateway.awaitExit()).as("%s", gateway).isZero();
    }

    // then
    assertThat(again).isEqualTo("Starts are quick with " + made.getFirst());
    assertThat(caches()).isEqualTo(made);
  }

  private List<Path> caches() throws IOException {
    try (Stream<Path> files = Files.list(installation.cache())) {
      return files.filter(file -> file.toString().endsWith(".aot")).toList();
    }
  }
}
