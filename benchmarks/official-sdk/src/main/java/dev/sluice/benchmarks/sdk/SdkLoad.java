package dev.sluice.benchmarks.sdk;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * One load per run. Writes {@code BEGIN} when measuring begins and {@code END name=value ...} when
 * it has ended, each a line of the standard output, so that whoever started it can read the
 * server's accounting at both.
 */
@Command(
    name = "sdk-load",
    mixinStandardHelpOptions = true,
    description = "Loads a server of the v2 service with the official Java SDK.",
    subcommands = {SendLoad.class, DrainLoad.class, LatencyLoad.class})
final class SdkLoad implements Runnable {

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec;

  /** Runs it; ends the process, since the SDK's own threads would keep it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SdkLoad()).execute(arguments));
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
