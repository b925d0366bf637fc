package dev.sluice.gateway.server;

import dev.sluice.gateway.spi.Topology.MessageKind;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice topic}: looks at and makes topics at the broker itself, without a gateway. */
@Command(
    name = "topic",
    description = "Lists and creates topics, directly at the message system.",
    synopsisSubcommandLabel = "(create | list)",
    mixinStandardHelpOptions = true,
    footer = {
      "%nExamples:",
      "  sluice topic create orders --queues 8",
      "  sluice topic list --upstream 10.0.0.7:9876",
      ExitCodes.HELP
    })
final class TopicCommand implements Runnable {
  private static final String UPSTREAM =
      "The name server; several separated by ';'. Environment: UPSTREAM. Default: "
          + UpstreamClient.STANDARD
          + ".";

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "create",
      description = "Creates a topic, or leaves it as it is when it exists.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      footer = {
        "%nExamples:",
        "  sluice topic create orders",
        "  sluice topic create payments --queues 16 --kind fifo",
        ExitCodes.HELP
      })
  int create(
      @Parameters(
              paramLabel = "<topic>",
              description = "Its name: letters, digits, '_', '-', '%%' and '|'.")
          String topic,
      @Option(
              names = "--queues",
              paramLabel = "<n>",
              defaultValue = "8",
              description = "How many queues, 1 to 1024. Default: 8.")
          int queues,
      @Option(
              names = "--kind",
              paramLabel = "<kind>",
              defaultValue = "normal",
              description =
                  "What it takes: normal, fifo, delay, transaction, priority or lite. Default:"
                      + " normal.")
          String kind,
      @Option(names = "--upstream", paramLabel = "<host:port>", description = UPSTREAM)
          String upstream)
      throws InterruptedException {
    if (queues < 1 || queues > 1024) {
      throw new CommandException(ExitCodes.USAGE, "--queues: " + queues + " (expected: 1 to 1024)");
    }
    MessageKind takes = kind(kind);
    UpstreamClient.<Void>with(
        upstream, (client, done) -> client.createTopic(topic, queues, takes, done));
    spec.commandLine().getOut().println("Topic " + topic + " is there.");
    return ExitCodes.OK;
  }

  @Command(
      name = "list",
      description = "Lists the topics that users made, one per line.",
      mixinStandardHelpOptions = true,
      footer = {"%nExample:", "  sluice topic list", ExitCodes.HELP})
  int list(
      @Option(names = "--upstream", paramLabel = "<host:port>", description = UPSTREAM)
          String upstream)
      throws InterruptedException {
    List<String> topics = UpstreamClient.with(upstream, (client, done) -> client.topics(done));
    topics.forEach(spec.commandLine().getOut()::println);
    return ExitCodes.OK;
  }

  private static MessageKind kind(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "normal" -> MessageKind.NORMAL;
      case "fifo" -> MessageKind.FIFO;
      case "delay" -> MessageKind.DELAY;
      case "transaction" -> MessageKind.TRANSACTION;
      case "priority" -> MessageKind.PRIORITY;
      case "lite" -> MessageKind.LITE;
      default ->
          throw new CommandException(
              ExitCodes.USAGE,
              "--kind: "
                  + text
                  + " (expected: normal, fifo, delay, transaction, priority or lite)");
    };
  }
}
