package dev.sluice.gateway.server;

import dev.sluice.gateway.server.Setting.Section;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The settings as flags of a command, section by section, and the file of settings. */
final class SettingFlags {
  private static final String FILE = "--config";

  private SettingFlags() {}

  /** Gives the command a flag for each setting that may be one, and tells of the others. */
  static void addTo(CommandSpec command) {
    command.addOption(
        OptionSpec.builder(FILE)
            .paramLabel("<file>")
            .type(Path.class)
            .description(
                "A YAML file of settings. Environment: " + SettingValues.FILE_VARIABLE + ".")
            .build());
    int order = 0;
    for (Section section : Section.values()) {
      ArgGroupSpec.Builder group =
          ArgGroupSpec.builder()
              .validate(false)
              .exclusive(false)
              .order(order++)
              .heading("%n" + section.title() + ":%n");
      boolean any = false;
      for (Setting setting : Setting.values()) {
        if (setting.section() == section && !setting.secret()) {
          group.addArg(option(setting));
          any = true;
        }
      }
      if (any) {
        command.addArgGroup(group.build());
      }
    }
    Stream<String> footer = Stream.of(command.usageMessage().footer());
    command.usageMessage().footer(Stream.concat(secrets(), footer).toArray(String[]::new));
  }

  private static OptionSpec option(Setting setting) {
    return OptionSpec.builder(setting.flag())
        .paramLabel("<" + setting.kind().label() + ">")
        .type(String.class)
        .description(described(setting))
        .build();
  }

  private static String described(Setting setting) {
    String text = setting.description().replace("%", "%%");
    return setting.standard().isEmpty() ? text : text + " Default: " + setting.standard() + ".";
  }

  private static Stream<String> secrets() {
    Stream<String> all =
        Stream.of(Setting.values())
            .filter(Setting::secret)
            .flatMap(setting -> Stream.of("  " + setting, "    " + described(setting)));
    return Stream.concat(
        Stream.of(
            "%nSecrets, in the environment or the file only, as the list of processes shows"
                + " flags:"),
        all);
  }

  /** The values given as flags. */
  static Map<Setting, String> flags(CommandSpec command) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      OptionSpec option = command.findOption(setting.flag());
      if (option != null && option.getValue() instanceof String text) {
        flags.put(setting, text);
      }
    }
    return flags;
  }

  /** The file given as a flag. */
  static Optional<Path> file(CommandSpec command) {
    OptionSpec option = command.findOption(FILE);
    return option != null && option.getValue() instanceof Path file
        ? Optional.of(file)
        : Optional.empty();
  }
}
