package dev.sluice.gateway.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code sluice dead-letters}, which is a program of its own with the clients of all brokers: the
 * launcher runs that. Here it has its place among the commands.
 */
@Command(
    name = "dead-letters",
    description = {
      "Lists, shows and replays dead letters of the event bus, on Kafka, NATS and RocketMQ.",
      "",
      "A program of its own, which a checkout's launcher builds with its first use, and which for"
          + " the archive is one more archive, sluice-dead-letters: with it, 'sluice dead-letters"
          + " --help' tells more."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "%nExample:",
      "  ./sluice dead-letters list --bus kafka://127.0.0.1:9092 --group shop --topic orders",
      ExitCodes.HELP
    })
final class DeadLettersCommand implements Callable<Integer> {
  @Unmatched private final List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    throw new CommandException(
        ExitCodes.UNAVAILABLE,
        "dead-letters: not in this program (expected: './sluice dead-letters "
            + String.join(" ", arguments)
            + "' in a checkout, or sluice-dead-letters-"
            + Sluice.Version.number()
            + ".tar.gz, unpacked where this program's archive was)");
  }
}
