package dev.sluice.gateway.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The program: {@code sluice <command>}. */
@Command(
    name = "sluice",
    description =
        "A messaging gateway: programs in any language speak gRPC to it, it speaks to RocketMQ.",
    synopsisSubcommandLabel = "<command>",
    mixinStandardHelpOptions = true,
    versionProvider = Sluice.Version.class,
    footer = {
      "%nFirst steps:",
      "  sluice serve                                  (a gateway with its own broker)",
      "  sluice send --topic greetings --body 'hello'  (in another terminal)",
      "  sluice receive --topic greetings --group readers",
      "%n'sluice help <command>' tells more about each.",
      ExitCodes.HELP
    })
public final class Sluice implements Runnable {
  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  private Sluice() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, args));
  }

  /** Runs the command and returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = new CommandLine(new Sluice());
    line.addSubcommand(ServeCommand.line(out, err))
        .addSubcommand(ConfigCommand.line(out))
        .addSubcommand(new SendCommand())
        .addSubcommand(new ReceiveCommand())
        .addSubcommand(new BenchCommand())
        .addSubcommand(new TopicCommand())
        .addSubcommand(new KeyCommand())
        .addSubcommand(new DeadLettersCommand())
        .addSubcommand(new RehearseCommand())
        .addSubcommand(new CommandLine.HelpCommand());
    line.setOut(out).setErr(err);
    line.setExecutionExceptionHandler(Sluice::failed);
    line.setParameterExceptionHandler(Sluice::misused);
    line.setUsageHelpAutoWidth(true);
    return line.execute(args);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int misused(CommandLine.ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("sluice: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("'" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help' tells more.");
    return ExitCodes.USAGE;
  }

  private static int failed(Exception e, CommandLine line, ParseResult parsed) throws Exception {
    PrintWriter err = line.getErr();
    return switch (e) {
      case InvalidSettingsException wrong -> {
        wrong.problems().forEach(problem -> err.println("sluice: " + problem));
        yield ExitCodes.USAGE;
      }
      case CommandException known -> {
        err.println("sluice: " + known.getMessage());
        yield known.exitCode();
      }
      case StartException known -> {
        err.println("sluice: " + known.getMessage());
        yield ExitCodes.FAILED;
      }
      default -> throw e;
    };
  }

  /** The version that was built. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Sluice " + number(), "Java " + Runtime.version()};
    }

    static String number() {
      Properties built = new Properties();
      try (InputStream in = Sluice.class.getResourceAsStream("version.properties")) {
        if (in != null) {
          built.load(in);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return built.getProperty("version", "unknown");
    }
  }
}
