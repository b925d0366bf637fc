package dev.sluice.benchmarks.bus;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Measures the event bus. Writes a Markdown section for each workload, fit to be kept, and its
 * progress to the standard error. Ends with 1 where a message is missing, came out of order, or
 * something is left after a close.
 */
@Command(
    name = "bus",
    mixinStandardHelpOptions = true,
    description =
        "Measures the event bus beside Confluent's parallel consumer 0.5.3.3, and over each of its"
            + " brokers.",
    subcommands = {KeyedCommand.class, TrafficCommand.class, AllCommand.class})
final class Bus implements Runnable {

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  /** Runs it; ends the process. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bus()).execute(arguments));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
