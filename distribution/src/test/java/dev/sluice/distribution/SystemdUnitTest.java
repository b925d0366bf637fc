package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The unit for systemd: confined, bounded, and stopped in time. */
class SystemdUnitTest {
  @RegisterExtension static final Installed INSTALLED = new Installed();

  private static final Path UNIT = Installation.ROOT.resolve("deploy/systemd/sluice.service");
  private static final String PLACE = "/opt/sluice";

  private final Map<String, List<String>> service = read().getOrDefault("Service", Map.of());

  @TempDir private Path folder;

  /** Sections, and what each says under which name. */
  private static Map<String, Map<String, List<String>>> read() {
    Map<String, Map<String, List<String>>> sections = new HashMap<>();
    Map<String, List<String>> section = Map.of();
    try {
      for (String line : Files.readAllLines(UNIT)) {
        if (line.matches("\\[[A-Z][a-z]+]")) {
          section = new HashMap<>();
          sections.put(line.substring(1, line.length() - 1), section);
        } else if (!line.isBlank() && !line.startsWith("#")) {
          assertThat(line).matches("[A-Z][A-Za-z0-9]+=.*");
          String[] parts = line.split("=", 2);
          section.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(parts[1]);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(UNIT + ": cannot be read", e);
    }
    assertThat(sections).containsOnlyKeys("Unit", "Service", "Install");
    return sections;
  }

  private String only(String name) {
    List<String> values = service.getOrDefault(name, List.of());
    assertThat(values).as(name).hasSize(1);
    return values.getFirst();
  }

  @Test
  void itRunsWhatTheArchiveHasWhereItIsUnpacked() {
    String[] words = only("ExecStart").split(" ", -1);

    assertThat(words).hasSize(2).endsWith("serve");
    assertThat(words[0]).startsWith(PLACE + "/");
    assertThat(Path.of(words[0].replace(PLACE, INSTALLED.installation().home().toString())))
        .isExecutable();
    // It tells nobody that it is ready.
    assertThat(only("Type")).isEqualTo("exec");
  }

  @Test
  void itsVariablesAreSettingsAndTheirFolderIsItsOwn() throws Exception {
    String[] variable = only("Environment").split("=", 2);
    HeldSettings held =
        HeldSettings.with(INSTALLED.installation(), Map.of(variable[0], variable[1]));

    assertThat(held.source(variable[0])).isEqualTo("environment");
    assertThat(variable).containsExactly("DATA_DIR", "/var/lib/" + only("StateDirectory"));
    assertThat(only("StateDirectoryMode")).isEqualTo("0700");
    assertThat(only("EnvironmentFile")).isEqualTo("-/etc/sluice/sluice.env");
    // The launcher keeps there what makes starts quick.
    assertThat(only("CacheDirectory")).isEqualTo("sluice");
  }

  @Test
  void itHasTheTimeToStopThatItTakes() throws Exception {
    Duration allowed = Duration.parse("PT" + only("TimeoutStopSec"));

    assertThat(allowed).isGreaterThan(INSTALLED.standard().shutdownTimeout().plusSeconds(5));
    // What it started is its own to stop.
    assertThat(only("KillMode")).isEqualTo("mixed");
  }

  @Test
  void itIsConfinedAndBounded() {
    assertThat(only("DynamicUser")).isEqualTo("yes");
    assertThat(only("NoNewPrivileges")).isEqualTo("yes");
    assertThat(only("CapabilityBoundingSet")).isEmpty();
    assertThat(only("ProtectSystem")).isEqualTo("strict");
    assertThat(only("ProtectHome")).isEqualTo("yes");
    assertThat(only("PrivateTmp")).isEqualTo("yes");
    assertThat(only("MemoryMax")).isEqualTo("640M");
    // The gateway goes on when it is only the recording that was too much.
    assertThat(only("OOMPolicy")).isEqualTo("continue");
    assertThat(Integer.parseInt(only("LimitNOFILE"))).isGreaterThanOrEqualTo(8192);
    // Java compiles what it runs.
    assertThat(service).doesNotContainKey("MemoryDenyWriteExecute");
  }

  @Test
  void systemdFindsNothingWrongWithIt() throws Exception {
    assumeTrue(
        Stream.of("/usr/bin/systemd-analyze", "/bin/systemd-analyze")
            .anyMatch(file -> Files.isExecutable(Path.of(file))),
        "systemd-analyze is not installed; the other tests read the unit");

    // given the unit with the launcher where it is here, as systemd looks for it
    String text = Files.readString(UNIT);
    String launcher = INSTALLED.installation().home().resolve("bin/sluice").toString();
    Path here =
        Files.writeString(
            folder.resolve("sluice.service"),
            text.replace(PLACE + "/bin/sluice", '"' + launcher + '"'));

    // when
    String said =
        Program.run(
            folder,
            Map.of("PATH", System.getenv("PATH"), "SYSTEMD_LOG_LEVEL", "warning"),
            List.of("systemd-analyze", "verify", "--recursive-errors=no", here.toString()));

    // then
    assertThat(said.lines().filter(line -> line.contains("sluice.service"))).isEmpty();
  }
}
