package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.DeadLetter;
import dev.sluice.eventbus.DeadLetters.Replayed;
import dev.sluice.eventbus.Published;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice dead-letters replay}. */
@Command(
    name = "replay",
    description = {
      "Publishes the messages of dead letters to their topic again, and notes that beside them.",
      "",
      "Those of the given positions, whether they were replayed before or not; or with --all those"
          + " that were not, in the order of partitions. Ends at the first that fails; calling it"
          + " again goes on from there. At least once: where it is cut off, one may come twice."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  sluice dead-letters replay --bus kafka://127.0.0.1:9092 -g shop -t orders"
          + " orders-shop-dlq-0@41",
      "  sluice dead-letters replay --bus nats://127.0.0.1:4222 -g shop -t orders --all --max 100",
      ExitCodes.HELP
    })
final class ReplayCommand implements Callable<Integer> {
  private static final int MOST = 100_000;

  @Mixin private final BusTarget target;

  @Parameters(
      paramLabel = "<position>",
      arity = "0..*",
      description = "Which ones, as 'list' shows them.")
  private List<String> positions = List.of();

  @Option(names = "--all", description = "All that were not replayed yet. Asks nothing.")
  private boolean all;

  @Option(
      names = "--max",
      paramLabel = "<n>",
      description = "With --all, at most so many, 1 to 100000. Default: 100000.")
  private @Nullable Integer max;

  @Option(
      names = "--json",
      description =
          "A JSON object on a line: with --all replayed and left; otherwise for each its position,"
              + " and the topic, partition and offset of the message that was published.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  ReplayCommand(Map<String, String> environment) {
    this.target = new BusTarget(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (all == !positions.isEmpty()) {
      throw CommandException.invalid(
          "<position>", all ? "given with --all" : "(none)", "positions, or --all");
    }
    if (max != null && (!all || max < 1 || max > MOST)) {
      throw CommandException.invalid("--max", max, "1 to " + MOST + ", with --all");
    }
    try (BusSession session = target.open()) {
      if (all) {
        replayAll(session, max == null ? MOST : max);
      } else {
        replayThese(session);
      }
    }
    return ExitCodes.OK;
  }

  private void replayAll(BusSession session, int most) throws InterruptedException {
    Replayed replayed;
    try {
      replayed = session.replayAll(most);
    } catch (CommandException e) {
      throw e.after(session.replayed() + " were replayed and noted before that");
    }
    out()
        .println(
            json
                ? LetterJson.replayed(replayed)
                : "Replayed %d; %d left.".formatted(replayed.replayed(), replayed.left()));
  }

  private void replayThese(BusSession session) throws InterruptedException {
    // All are looked up before the first is replayed: a wrong one does nothing.
    for (String position : positions) {
      var _ = session.find(position);
    }
    int done = 0;
    for (String position : positions) {
      try {
        DeadLetter letter = session.find(position);
        Published published = session.replay(letter);
        tell(letter, published);
        done++;
      } catch (CommandException e) {
        throw e.after("%d of %d were replayed before it".formatted(done, positions.size()));
      }
    }
  }

  private void tell(DeadLetter letter, Published published) {
    String where = published.partition() + (published.offset() < 0 ? "" : "@" + published.offset());
    out()
        .println(
            json
                ? LetterJson.replayed(letter, published)
                : Printable.line("Replayed %s as %s.".formatted(letter.position(), where)));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
