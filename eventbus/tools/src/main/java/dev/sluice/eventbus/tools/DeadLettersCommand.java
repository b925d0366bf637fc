package dev.sluice.eventbus.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice dead-letters}: what the handlers of an event bus failed to handle. */
@Command(
    name = "dead-letters",
    description = {
      "Lists, shows and replays dead letters: what the handlers of an event bus failed to handle"
          + " as often as they may.",
      "",
      "Talks to the broker itself, without a gateway, and joins no group: members that consume do"
          + " not notice."
    },
    synopsisSubcommandLabel = "(list | show | replay)",
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  sluice dead-letters list --bus kafka://127.0.0.1:9092 --group shop --topic orders",
      "  sluice dead-letters show --bus kafka://127.0.0.1:9092 -g shop -t orders"
          + " orders-shop-dlq-0@41",
      "  sluice dead-letters replay --bus nats://127.0.0.1:4222 -g shop -t orders --all",
      ExitCodes.HELP
    })
final class DeadLettersCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
