package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * deploy/systemd/sluice.env has every setting, commented out, with what holds without it. To write
 * it anew, run this test with {@code -Denvironment.file=write}.
 */
class EnvironmentFileTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("sluice.root")).resolve("deploy/systemd");
  private static final Path FILE = FOLDER.resolve("sluice.env");

  private static final int WIDTH = 118;

  private static final Pattern UNITS_OWN = Pattern.compile("(?m)^Environment=([A-Z_]+)=(.*)$");
  private static final Pattern COMMENTED_OUT = Pattern.compile("(?m)^#([A-Z_]+)=(.*)$");

  @Test
  void theFileIsTheTableOfSettings() throws IOException {
    String expected = file();
    if (System.getProperty("environment.file", "").equals("write")) {
      Files.writeString(FILE, expected);
    }

    assertThat(Files.readString(FILE))
        .as("deploy/systemd/sluice.env (write it anew with -Denvironment.file=write)")
        .isEqualTo(expected);
  }

  @Test
  void withEverythingCommentedInThatHasAValueTheGatewayWouldStart() throws IOException {
    Map<String, String> variables = new HashMap<>();
    for (MatchResult line : COMMENTED_OUT.matcher(Files.readString(FILE)).results().toList()) {
      variables.put(line.group(1), line.group(2));
    }

    Settings settings = Settings.read(Map.of(), Optional.empty(), variables);

    assertThat(settings.dataFolder()).isEqualTo(Path.of("/var/lib/sluice"));
    assertThat(Files.readString(FILE).lines()).allMatch(line -> line.matches("|#.*"));
  }

  private static String file() throws IOException {
    Map<String, String> set = new HashMap<>();
    for (MatchResult own :
        UNITS_OWN.matcher(Files.readString(FOLDER.resolve("sluice.service"))).results().toList()) {
      set.put(own.group(1), own.group(2));
    }
    StringBuilder file =
        new StringBuilder(
            """
            # The settings of the service, NAME=value, which docs/settings.md explains. Those commented out have what holds without
            # them behind them: take the # away and change it. This file is made of the table in the code, and a test compares the two.
            #
            # Secrets are in here: it belongs to root, mode 0600. Then: systemctl restart sluice
            """);
    for (Setting.Section section : Setting.Section.values()) {
      file.append("\n# === ").append(section.title()).append(" ===\n");
      Stream.of(Setting.values())
          .filter(setting -> setting.section() == section)
          .forEach(setting -> file.append(entry(setting, set)));
    }
    return file.append(
            """

            # === The launcher ===

            # The folder of a Java 25 or later. Empty: it is looked for.
            #SLUICE_JAVA_HOME=

            # Further options of Java, such as -Xmx1g; with more heap, raise MemoryMax of the service, too.
            #SLUICE_JAVA_OPTS=

            # A YAML file of settings; what is set here wins over it.
            #SLUICE_CONFIG=
            """)
        .toString();
  }

  private static String entry(Setting setting, Map<String, String> set) {
    String value = set.getOrDefault(setting.name(), setting.standard());
    return "\n%s%s#%s=%s\n"
        .formatted(
            wrapped(setting.description()),
            wrapped("Allowed: " + setting.kind().expected() + "."),
            setting,
            value);
  }

  private static String wrapped(String text) {
    StringBuilder lines = new StringBuilder("#");
    int used = 1;
    for (String word : text.split(" ", -1)) {
      if (used + 1 + word.length() > WIDTH) {
        lines.append("\n#");
        used = 1;
      }
      lines.append(' ').append(word);
      used += 1 + word.length();
    }
    return lines.append('\n').toString();
  }
}
