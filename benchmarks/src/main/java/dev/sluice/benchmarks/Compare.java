package dev.sluice.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Sluice beside its peers: each workload's servers stand before one broker and take turns, A B A B.
 * Writes a Markdown section per workload, fit to be kept, and its progress to the standard error.
 */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = "Measures Sluice and Apache's RocketMQ proxy 5.5.0 in turn, before one broker.",
    subcommands = {
      StubSends.class,
      SdkSends.class,
      SdkDrain.class,
      ColdStart.class,
      SdkLatency.class,
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
  static int run(Workload workload, RunOptions options, PrintWriter out)
      throws IOException, InterruptedException {
    String facts = MachineFacts.line();
    try (Stage stage = Stage.open(options)) {
      run(workload, stage, facts, out);
    }
    return 0;
  }

  /** Runs a workload, and writes what it showed. */
  static void run(Workload workload, Stage stage, String facts, PrintWriter out)
      throws IOException, InterruptedException {
    RunOptions options = stage.options();
    var table = new Table(workload);
    out.println("## " + workload.title());
    out.println();
    out.println(facts + ".");
    out.printf(
        "Turns of each server: %d, %s; %d-byte bodies. Medians, and the turns in their order.%n%n",
        options.rounds, workload.course(options), options.bodyBytes);
    out.println(table.head());
    List<Peer> peers = options.peers.stream().filter(workload.peers()::contains).toList();
    List<String> failures = new ArrayList<>();
    for (int level : workload.levels()) {
      Map<Peer, List<Turn>> turns = new EnumMap<>(Peer.class);
      for (int round = 0; round < options.rounds; round++) {
        for (Peer peer : peers) {
          Turn turn = workload.turn(stage, peer, level);
          turns.computeIfAbsent(peer, same -> new ArrayList<>()).add(turn);
          System.err.println(table.row(level, peer, List.of(turn)));
          if (!turn.failure().isEmpty()) {
            failures.add(workload.levelName() + " " + level + ", " + peer + ": " + turn.failure());
          }
        }
      }
      turns.forEach((peer, seen) -> out.println(table.row(level, peer, seen)));
      for (Peer other : List.of(Peer.APACHE, Peer.FLOOR)) {
        if (turns.containsKey(Peer.SLUICE) && turns.containsKey(other)) {
          out.println(table.ratios(level, other, turns));
        }
      }
      out.flush();
    }
    failures.forEach(failure -> out.println("\nFailed: " + failure));
    out.println();
    out.flush();
  }
}
