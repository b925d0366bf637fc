package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.DeadLetter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice dead-letters list}. */
@Command(
    name = "list",
    description = {
      "Lists dead letters, oldest first within a partition, those that were replayed included.",
      "",
      "Prints a line for each: POSITION (for show, replay and --from), FAILED_AT, ATTEMPTS, REPLAYS"
          + " (before it failed again), KEY and REASON. What could play tricks on a terminal is"
          + " escaped. Programs should take --json."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  sluice dead-letters list --bus kafka://127.0.0.1:9092 --group shop --topic orders",
      "  sluice dead-letters list --bus rocketmq://127.0.0.1:9876 -g shop -t orders --max 1000"
          + " --json",
      ExitCodes.HELP
    })
final class ListCommand implements Callable<Integer> {
  private static final int MOST = 10_000;

  /** Bodies come along: few at a time, as each may have megabytes. */
  private static final int PAGE = 20;

  @Mixin private final BusTarget target;

  @Option(
      names = "--from",
      paramLabel = "<position>",
      description = "Begin behind this one, of an earlier list. Default: with the oldest.")
  private @Nullable String from;

  @Option(
      names = "--max",
      paramLabel = "<n>",
      defaultValue = "20",
      description = "At most so many, 1 to 10000. Default: 20.")
  private int max;

  @Option(
      names = "--json",
      description =
          "A JSON object on a line for each: position, group, topic, partition, offset, key,"
              + " published_at, failed_at, attempts, replays, reason, headers, body_bytes.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  ListCommand(Map<String, String> environment) {
    this.target = new BusTarget(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (max < 1 || max > MOST) {
      throw CommandException.invalid("--max", max, "1 to " + MOST);
    }
    PrintWriter out = spec.commandLine().getOut();
    LetterTable table = new LetterTable();
    int count = 0;
    String last = from;
    try (BusSession session = target.open()) {
      boolean more = true;
      while (more && count < max) {
        int asked = Math.min(PAGE, max - count);
        List<DeadLetter> page = session.list(last, asked);
        for (DeadLetter letter : page) {
          if (json) {
            out.println(LetterJson.listed(letter));
          } else {
            table.add(letter);
          }
          last = letter.position();
          count++;
        }
        more = page.size() == asked;
      }
    }
    if (!json && count > 0) {
      table.print(out);
    }
    tellTheEnd(count, last);
    return ExitCodes.OK;
  }

  private void tellTheEnd(int count, @Nullable String last) {
    PrintWriter err = spec.commandLine().getErr();
    if (count == 0) {
      err.println(
          "No dead letters of topic %s in group %s%s."
              .formatted(target.topic(), target.group(), from == null ? "" : " behind " + from));
    } else if (count == max) {
      err.println("There may be more: --from " + Printable.line(String.valueOf(last)));
    }
  }
}
