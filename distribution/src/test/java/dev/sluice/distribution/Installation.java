package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Unpacked archives, on a machine that has little: a Java without a compiler, no Maven, and of
 * other programs only those that the launcher needs. Its folders' names have spaces.
 */
final class Installation {
  /** The checkout that the archives were built from. */
  static final Path ROOT = Path.of(System.getProperty("sluice.root")).toAbsolutePath();

  static final String VERSION = System.getProperty("archive.version");
  static final String GATEWAY = "sluice-" + VERSION + ".tar.gz";
  static final String DEAD_LETTERS = "sluice-dead-letters-" + VERSION + ".tar.gz";

  /** All that the launcher calls besides a shell and Java. */
  private static final List<String> TOOLS =
      List.of("cat", "cksum", "cut", "dirname", "ls", "mkdir", "mv", "readlink", "rm", "sed", "wc");

  private final Path machine;

  private Installation(Path machine) {
    this.machine = machine;
  }

  /** Unpacks the archives in the folder. */
  static Installation of(Path folder, String... archives) throws IOException, InterruptedException {
    Installation installation = new Installation(Files.createDirectories(folder));
    for (String archive : archives) {
      Program.run(
          folder, Map.of("PATH", System.getenv("PATH")), List.of("tar", "-xzf", archive(archive)));
    }
    installation.link("tools", TOOLS);
    Path java = Files.createDirectories(folder.resolve("a runtime/bin"));
    Path real = Path.of(System.getProperty("java.home"));
    Files.createSymbolicLink(java.resolve("java"), real.resolve("bin/java"));
    Files.copy(real.resolve("release"), folder.resolve("a runtime/release"));
    return installation;
  }

  /** Where this build has put it. */
  static String archive(String name) {
    Path archive = Path.of("target", name).toAbsolutePath();
    assertThat(archive).exists();
    return archive.toString();
  }

  private void link(String name, List<String> programs) throws IOException {
    Path tools = Files.createDirectories(machine.resolve(name));
    for (String program : programs) {
      Path real =
          Stream.of("/usr/bin", "/bin")
              .map(folder -> Path.of(folder, program))
              .filter(Files::isExecutable)
              .findFirst()
              .orElseThrow(() -> new AssertionError(program + ": not installed"));
      Files.createSymbolicLink(tools.resolve(program), real);
    }
  }

  /** What the archives' folder is. */
  Path home() {
    return machine.resolve("sluice-" + VERSION);
  }

  Path cache() {
    return machine.resolve("a cache");
  }

  /** What its programs find in their environment; ports are free ones. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", machine.resolve("tools").toString());
    environment.put("HOME", machine.resolve("nobody").toString());
    environment.put("SLUICE_JAVA_HOME", machine.resolve("a runtime").toString());
    environment.put("SLUICE_CACHE_DIR", cache().toString());
    environment.put("DATA_DIR", machine.resolve("data").toString());
    environment.put("GRPC_PORT", "0");
    environment.put("METRICS_PORT", "0");
    return environment;
  }

  /** The same with others. */
  Map<String, String> environment(Map<String, String> more) {
    Map<String, String> environment = environment();
    environment.putAll(more);
    return environment;
  }

  Program start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("bin/sluice").toString());
    command.addAll(List.of(arguments));
    return Program.start(machine, environment, command);
  }

  /** Runs a command that is expected to go well. What it printed. */
  String run(String... arguments) throws IOException, InterruptedException {
    try (Program program = start(environment(), arguments)) {
      assertThat(program.awaitExit()).as("%s", program).isZero();
      return program.output();
    }
  }
}
