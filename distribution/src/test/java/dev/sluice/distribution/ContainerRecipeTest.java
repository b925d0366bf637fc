package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.distribution.Containerfile.Instruction;
import dev.sluice.distribution.Containerfile.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container recipe, as far as it can be tried without a container: what its commands put
 * together, what it says of the image, and its health check before a gateway.
 */
class ContainerRecipeTest {
  @RegisterExtension static final Installed INSTALLED = new Installed();

  private static final String PLACE = "/opt/sluice/";
  private static final Map<String, String> TOOLS = Map.of("PATH", System.getenv("PATH"));

  private final Installation installation = INSTALLED.installation();
  private final Containerfile recipe =
      read(Installation.ROOT.resolve("deploy/container/Containerfile"));

  @TempDir private Path folder;

  private static Containerfile read(Path file) {
    try {
      return Containerfile.read(file);
    } catch (IOException e) {
      throw new AssertionError(file + ": cannot be read", e);
    }
  }

  @Test
  void itsCommandsPutTheArchiveTogetherInTwoLayers() throws Exception {
    // given an unpacked archive as the build's context
    Path context = Files.createDirectories(folder.resolve("context"));
    Program.run(context, TOOLS, List.of("tar", "-xzf", Installation.archive(Installation.GATEWAY)));
    Path archive = context.resolve("sluice-" + Installation.VERSION);

    // when, then
    assertLayers(archive, filesOf(archive));
  }

  @Test
  void fromACheckoutTheyDoTheSame() throws Exception {
    // given a checkout in which Maven has built the archive, as it has here
    Path checkout = Files.createDirectories(folder.resolve("checkout/distribution/target"));
    Files.copy(
        Path.of(Installation.archive(Installation.GATEWAY)),
        checkout.resolve(Installation.GATEWAY));
    Files.createFile(checkout.resolve(Installation.DEAD_LETTERS));
    Path root = folder.resolve("checkout");
    Files.createFile(root.resolve("pom.xml"));
    assertThat(build().text()).contains("mvn -B -ntp -q -Plaunch -pl distribution -am package;");

    // when, then
    Program.run(folder, TOOLS, List.of("tar", "-xzf", Installation.archive(Installation.GATEWAY)));
    assertLayers(root, filesOf(folder.resolve("sluice-" + Installation.VERSION)));
  }

  private Instruction build() {
    return recipe.first().only("RUN");
  }

  /** Runs the build stage's command there and copies as the image's stage does. */
  private void assertLayers(Path context, Set<String> expected) throws Exception {
    Path stage = folder.resolve("sluice");
    String command = build().text().replace("/sluice/", "'" + stage + "'/").replace("mvn ", ": ");
    Program.run(context, TOOLS, List.of("sh", "-c", command));

    Path image = folder.resolve("image");
    List<Instruction> copies = recipe.last().all("COPY");
    assertThat(copies).hasSize(2);
    for (Instruction copy : copies) {
      String[] words = copy.text().split(" ", -1);
      assertThat(words).hasSize(3);
      assertThat(words[0]).isEqualTo("--from=" + recipe.first().name());
      Path source = folder.resolve(words[1].substring(1));
      boolean libraries = words[1].endsWith("libraries");
      assertThat(filesOf(source))
          .isNotEmpty()
          .allMatch(
              file ->
                  libraries
                      ? file.endsWith(".jar") && !file.startsWith("sluice-")
                      : !file.startsWith("java/lib/") || file.startsWith("java/lib/sluice-"));
      Path target = Files.createDirectories(image.resolve(words[2].substring(1)));
      Program.run(folder, TOOLS, List.of("cp", "-R", source + "/.", target.toString()));
    }
    assertThat(filesOf(image.resolve(PLACE.substring(1)))).isEqualTo(expected);
    assertStarts(image);
  }

  /** What the image runs is in it. */
  private void assertStarts(Path image) {
    Stage last = recipe.last();
    for (List<String> words :
        List.of(last.only("ENTRYPOINT").words(), rehearsal().words(), healthCheck())) {
      List<String> programs = words.stream().filter(word -> word.startsWith(PLACE)).toList();
      assertThat(programs).hasSize(1);
      assertThat(image.resolve(programs.getFirst().substring(1))).isRegularFile();
    }
    assertThat(image.resolve(last.only("ENTRYPOINT").words().getFirst().substring(1)))
        .isExecutable();
  }

  private Instruction rehearsal() {
    return recipe.last().all("RUN").stream()
        .filter(run -> run.text().contains("rehearse"))
        .findFirst()
        .orElseThrow();
  }

  private List<String> healthCheck() {
    String check = recipe.last().only("HEALTHCHECK").text();
    assertThat(check).contains("--interval=", "--timeout=", "--start-period=", " CMD [");
    return new Instruction("CMD", check.substring(check.indexOf("CMD ") + 4)).words();
  }

  @Test
  void theImageIsNotRootsAndRunsTheLauncher() {
    Stage last = recipe.last();
    Instruction user = last.only("USER");

    assertThat(user.text()).isEqualTo("10001");
    assertThat(last.all("RUN"))
        .anyMatch(run -> run.text().contains("useradd") && run.text().contains("--uid 10001"));
    // What needs root comes before, and what makes starts quick after all that it is made of.
    assertThat(last.all("RUN")).allMatch(run -> last.place(run) < last.place(user));
    assertThat(last.all("COPY")).allMatch(copy -> last.place(copy) < last.place(rehearsal()));
    assertThat(rehearsal().words()).isEqualTo(List.of(PLACE + "bin/sluice", "rehearse"));
    assertThat(last.only("ENTRYPOINT").words()).isEqualTo(List.of(PLACE + "bin/sluice"));
    assertThat(last.only("CMD").words()).isEqualTo(List.of("serve"));
    assertThat(last.only("STOPSIGNAL").text()).isEqualTo("SIGTERM");
    assertThat(last.only("VOLUME").text()).isEqualTo("/data");
  }

  @Test
  void itsImagesHaveVersionsAndAreForJava25() {
    assertThat(recipe.stages())
        .extracting(Stage::image)
        .hasSize(2)
        .allMatch(image -> image.matches("docker\\.io/library/[a-z-]+:[0-9][a-z0-9.-]*"))
        .allMatch(image -> image.matches(".*\\b25\\b.*"));
  }

  @Test
  void itsVariablesAreSettings() throws Exception {
    Map<String, String> variables = new HashMap<>();
    for (String one : recipe.last().only("ENV").text().split(" ", -1)) {
      String[] parts = one.split("=", 2);
      variables.put(parts[0], parts[1]);
    }
    HeldSettings held = HeldSettings.with(installation, variables);

    assertThat(variables)
        .containsEntry("BIND_ADDRESS", "0.0.0.0")
        .allSatisfy(
            (name, value) -> {
              assertThat(held.value(name)).isEqualTo(value);
              assertThat(held.source(name)).isEqualTo("environment");
            });
    HeldSettings standard = INSTALLED.standard();
    assertThat(recipe.last().only("EXPOSE").text())
        .isEqualTo(standard.value("GRPC_PORT") + " " + standard.value("METRICS_PORT"));
  }

  @Test
  void itsHealthCheckTellsAGatewayFromNone() throws Exception {
    int port;
    try (Program gateway =
        installation.start(installation.environment(Map.of("UPSTREAM", "127.0.0.1:1")), "serve")) {
      port = port(gateway.awaitLine(line -> line.startsWith("Sluice is ready")));
      assertThat(health(Map.of("BIND_ADDRESS", "0.0.0.0", "METRICS_PORT", port + ""))).isZero();
      gateway.terminate();
      assertThat(gateway.awaitExit()).as("%s", gateway).isZero();
    }
    assertThat(health(Map.of("METRICS_PORT", port + ""))).isEqualTo(1);
  }

  @Test
  void whatAcceptsConnectionsIsHealthyWithTlsAlone() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(listening.getLocalPort());
      Thread.ofVirtual().start(() -> closeEach(listening));

      assertThat(health(Map.of("METRICS_PORT", port, "TLS_CERT", "/tls/server.crt"))).isZero();
      assertThat(health(Map.of("METRICS_PORT", port))).isEqualTo(1);
    }
  }

  private static void closeEach(ServerSocket listening) {
    try {
      while (true) {
        listening.accept().close();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  /** The recipe's own command, with the archive where the image has it. */
  private int health(Map<String, String> variables) throws Exception {
    Map<String, String> environment = new HashMap<>(TOOLS);
    environment.putAll(variables);
    List<String> command =
        healthCheck().stream().map(word -> word.replace(PLACE, installation.home() + "/")).toList();
    try (Program check = Program.start(folder, environment, command)) {
      return check.awaitExit();
    }
  }

  private static int port(String ready) {
    String http = ready.replaceFirst(".*HTTP \\S+:(\\d+),.*", "$1");
    return Integer.parseInt(http);
  }

  private static Set<String> filesOf(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
