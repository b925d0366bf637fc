package dev.sluice.gateway.server;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code sluice config}: what a gateway started in the same way would be told. */
@Command(
    name = "config",
    description = {
      "Prints every setting that 'sluice serve' would use if it were started with the same flags,"
          + " environment and file, and where each came from. Starts nothing.",
      "",
      "Secrets are not shown. Settings that 'serve' would refuse are refused in the same words."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    customSynopsis = "sluice config [--json] [--config=<file>] [--<setting>=<value>]...",
    footer = {
      "%nExamples:",
      "  sluice config",
      "  sluice config --profile high-throughput --json",
      "  BATCH_SIZE=50 sluice config --config sluice.yaml",
      ExitCodes.HELP
    })
final class ConfigCommand implements Callable<Integer> {
  private final PrintWriter out;

  @Option(names = "--json", description = "As one JSON object, for programs.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // Set before anything runs.
  private CommandSpec spec;

  private ConfigCommand(PrintWriter out) {
    this.out = out;
  }

  /** The command with the same flags as {@code serve}. */
  static CommandLine line(PrintWriter out) {
    ConfigCommand command = new ConfigCommand(out);
    command.spec = CommandSpec.forAnnotatedObject(command);
    SettingFlags.addTo(command.spec);
    return new CommandLine(command.spec);
  }

  @Override
  public Integer call() {
    SettingValues values =
        SettingValues.read(SettingFlags.flags(spec), SettingFlags.file(spec), System.getenv());
    Settings.of(values);
    SettingsReport report = new SettingsReport(values);
    out.print(json ? report.json() : report.text());
    out.flush();
    return ExitCodes.OK;
  }
}
