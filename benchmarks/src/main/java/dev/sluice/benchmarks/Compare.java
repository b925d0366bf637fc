package dev.sluice.benchmarks;

import dev.sluice.benchmarks.machine.MachineFacts;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Sluice beside its peers: each workload's servers, or clients, stand before one broker and take
 * turns, A B A B. Writes a Markdown section per workload, fit to be kept, and its progress to the
 * standard error.
 */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description =
        "Measures Sluice and Apache's RocketMQ proxy 5.5.0, or their clients, in turn, before one"
            + " broker.",
    subcommands = {
      StubSends.class,
      SdkSends.class,
      SdkDrain.class,
      ColdStart.class,
      SdkLatency.class,
      ClientSends.class,
      ClientWaits.class,
      AllWorkloads.class
    })
final class Compare implements Runnable {

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  /** Runs it; ends the process. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Compare()).execute(arguments));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Runs a workload on a stage of its own. */
  static int run(Workload<?> workload, RunOptions options, PrintWriter out)
      throws IOException, InterruptedException {
    String facts = MachineFacts.line();
    try (Stage stage = Stage.open(options)) {
      run(workload, stage, facts, out);
    }
    return 0;
  }

  /** Runs a workload, and writes what it showed. */
  static <P extends Enum<P>> void run(
      Workload<P> workload, Stage stage, String facts, PrintWriter out)
      throws IOException, InterruptedException {
    RunOptions options = stage.options();
    var table = new Table<>(workload);
    out.println("## " + workload.title());
    out.println();
    out.println(facts + ".");
    out.printf(
        "Turns of each %s: %d, %s; %d-byte bodies. Medians, and the turns in their order.%n%n",
        workload.partyName(), options.rounds, workload.course(options), options.bodyBytes);
    out.println(table.head());
    List<P> parties = workload.parties(options);
    List<String> failures = new ArrayList<>();
    for (int level : workload.levels()) {
      Map<P, List<Turn>> turns = new LinkedHashMap<>();
      for (int round = 0; round < options.rounds; round++) {
        for (P party : parties) {
          Turn turn = workload.turn(stage, party, level);
          turns.computeIfAbsent(party, same -> new ArrayList<>()).add(turn);
          System.err.println(table.row(level, party, List.of(turn)));
          if (!turn.failure().isEmpty()) {
            failures.add(workload.levelName() + " " + level + ", " + party + ": " + turn.failure());
          }
        }
      }
      turns.forEach((party, seen) -> out.println(table.row(level, party, seen)));
      for (Workload.Ratio<P> ratio : workload.ratios()) {
        if (turns.containsKey(ratio.of()) && turns.containsKey(ratio.to())) {
          out.println(table.ratios(level, ratio, turns));
        }
      }
      out.flush();
    }
    failures.forEach(failure -> out.println("\nFailed: " + failure));
    out.println();
    out.flush();
  }
}
