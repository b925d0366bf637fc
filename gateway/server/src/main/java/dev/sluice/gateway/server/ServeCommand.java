package dev.sluice.gateway.server;

import dev.sluice.lifecycle.CloseReport;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice serve}: runs a gateway until a signal. */
@Command(
    name = "serve",
    description = {
      "Runs a gateway until it gets SIGTERM or SIGINT (Ctrl-C). Then it accepts nothing new, ends"
          + " what is under way, hands back what callers hold, and has ended by SHUTDOWN_TIMEOUT; a"
          + " second signal ends it at once.",
      "",
      "Without an upstream it runs a RocketMQ broker of its own, with its data in the data folder."
          + " A line that begins with 'Sluice is ready' tells when and where calls are served.",
      "",
      "Each setting can be given as a flag, as an environment variable (--grpc-port: GRPC_PORT) or"
          + " in a file (grpc-port: 50051); a flag wins over the environment, the environment over"
          + " the file, the file over the profile. 'sluice config' tells what holds and why."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Sluice.Version.class,
    sortOptions = false,
    customSynopsis = "sluice serve [--config=<file>] [--<setting>=<value>]...",
    footer = {
      "%nExamples:",
      "  sluice serve",
      "  sluice serve --upstream 10.0.0.7:9876 --bind-address 0.0.0.0",
      "  GRPC_PORT=0 METRICS_PORT=0 sluice serve    (on any free ports)",
      "  sluice serve --profile low-latency --config sluice.yaml",
      ExitCodes.HELP
    })
final class ServeCommand implements Callable<Integer> {
  private final PrintWriter out;
  private final PrintWriter err;

  @SuppressWarnings("NullAway.Init") // Set before anything runs.
  private CommandSpec spec;

  private ServeCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** The command with a flag for each setting that may be one. */
  static CommandLine line(PrintWriter out, PrintWriter err) {
    ServeCommand command = new ServeCommand(out, err);
    command.spec = CommandSpec.forAnnotatedObject(command);
    SettingFlags.addTo(command.spec);
    return new CommandLine(command.spec);
  }

  @Override
  public Integer call() throws InterruptedException {
    Settings settings =
        Settings.read(SettingFlags.flags(spec), SettingFlags.file(spec), System.getenv());
    Logs.use(settings.logLevel(), settings.logForm());
    Thread starting = Thread.currentThread();
    Signals signals = Signals.handled(starting::interrupt);
    GatewayServer server = GatewayServer.rocketMQ(settings, err::println);
    try {
      server.start();
      out.println("Sluice is ready: " + server.describe());
      signals.await();
    } catch (InterruptedException e) {
      // The signal, which interrupts whatever this thread waits for.
    } catch (RuntimeException e) {
      if (!signals.came()) {
        throw e;
      }
    }
    Thread.interrupted();
    err.println("Sluice is stopping ...");
    CloseReport report = server.stop();
    if (report.clean()) {
      err.println("Sluice has stopped.");
    } else {
      err.println(report.describe());
      err.println("Sluice has stopped, but not cleanly.");
    }
    return ExitCodes.OK;
  }
}
