package dev.sluice.eventbus.tools;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The commands of {@code sluice} that are about the event bus: a program of its own, so that the
 * gateway need not have the clients of all brokers.
 */
public final class BusTools {
  private BusTools() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(System.out, System.err, System.getenv(), args));
  }

  /** Runs the command and returns its exit code. */
  static int run(
      PrintStream out, PrintStream err, Map<String, String> environment, String... args) {
    CommandLine deadLetters =
        new CommandLine(new DeadLettersCommand())
            .addSubcommand(new ListCommand(environment))
            .addSubcommand(new ShowCommand(environment, out))
            .addSubcommand(new ReplayCommand(environment));
    CommandLine line =
        new CommandLine(CommandSpec.create().name("sluice"))
            .addSubcommand(deadLetters)
            .addSubcommand(new CommandLine.HelpCommand());
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler(BusTools::failed);
    line.setParameterExceptionHandler(BusTools::misused);
    line.setUsageHelpAutoWidth(true);
    return line.execute(args);
  }

  private static int misused(CommandLine.ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("sluice: " + Printable.line(String.valueOf(e.getMessage())));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("'" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help' tells more.");
    return ExitCodes.USAGE;
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) throws Exception {
    if (e instanceof CommandException known) {
      line.getErr().println("sluice: " + Printable.line(String.valueOf(known.getMessage())));
      return known.exitCode();
    }
    throw e;
  }
}
