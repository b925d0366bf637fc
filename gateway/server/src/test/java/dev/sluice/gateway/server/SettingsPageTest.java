package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/settings.md says what the table of settings says. To write it anew, run this test with
 * {@code -Dsettings.page=write}.
 */
class SettingsPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("sluice.root")).resolve("docs/settings.md");

  @Test
  void thePageOfSettingsIsTheTableOfSettings() throws IOException {
    String expected = page();
    if (System.getProperty("settings.page", "").equals("write")) {
      Files.writeString(PAGE, expected);
    }

    assertThat(Files.readString(PAGE))
        .as("docs/settings.md (write it anew with -Dsettings.page=write)")
        .isEqualTo(expected);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Settings

            This page is made of the table in the code, and a test compares the two.

            Each setting can be given as a flag of `sluice serve` (`--grpc-port 50051`), as an environment variable
            (`GRPC_PORT=50051`) or in a YAML file (`grpc-port: 50051`, or `GRPC_PORT: 50051`), which `--config` or the variable
            `SLUICE_CONFIG` names. A flag wins over the environment, the environment over the file, the file over the profile, the
            profile over the default. An empty variable counts as not set.

            `sluice config`, with the same flags and in the same environment, prints what holds and where it came from; with
            `--json` for programs. Values that are not allowed stop the start; all of them are told at once.

            Durations have a unit: `100ms`, `30s`, `1m30s`, `12h`. So have sizes, where 1KB is 1024 bytes: `512KB`, `64MB`.
            Secrets are no flags, since the list of processes shows flags; they are printed nowhere.
            """);
    for (Setting.Section section : Setting.Section.values()) {
      page.append("\n## ").append(section.title()).append("\n\n");
      page.append("| setting | allowed | default | |\n|---|---|---|---|\n");
      Stream.of(Setting.values())
          .filter(setting -> setting.section() == section)
          .forEach(setting -> page.append(row(setting)));
    }
    return page.append(profiles()).toString();
  }

  private static String row(Setting setting) {
    return "| `%s` | %s | %s | %s%s |\n"
        .formatted(
            setting,
            escaped(setting.kind().expected()),
            setting.standard().isEmpty() ? "" : "`" + setting.standard() + "`",
            setting.secret() ? "Secret. " : "",
            escaped(setting.description()));
  }

  private static String profiles() {
    StringBuilder text =
        new StringBuilder(
            "\n## Profiles\n\n`PROFILE` presets these; whatever is set beside it wins.\n\n| |");
    Stream.of(Profile.values()).forEach(one -> text.append(" ").append(one.word()).append(" |"));
    text.append("\n|---|").append("---|".repeat(Profile.values().length)).append('\n');
    Set<Setting> preset =
        Stream.of(Profile.values())
            .flatMap(profile -> profile.presets().keySet().stream())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Setting.class)));
    for (Setting setting : preset) {
      text.append("| `").append(setting).append("` |");
      for (Profile profile : Profile.values()) {
        text.append(" ")
            .append(profile.presets().getOrDefault(setting, setting.standard()))
            .append(" |");
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "\\<");
  }
}
