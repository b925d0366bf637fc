package dev.sluice.benchmarks.bus;

import java.util.List;
import picocli.CommandLine.Option;

/** Of E1. */
final class KeyedOptions {

  @Option(
      names = "--keys",
      split = ",",
      description = "Rows, 0 for unordered; default ${DEFAULT-VALUE}.")
  List<Integer> keys = List.of(1, 10, 20, 1000, 0);

  @Option(names = "--messages", description = "Of each row, default ${DEFAULT-VALUE}.")
  int messages = 10_000;

  @Option(names = "--concurrency", description = "Handlers at a time, default ${DEFAULT-VALUE}.")
  int concurrency = 100;

  @Option(
      names = "--rounds",
      description =
          "Turns of each, default ${DEFAULT-VALUE}; one where a turn takes longer than 10 s, and"
              + " one of the sleeps alone.")
  int rounds = 3;

  @Option(names = "--warm-up", description = "Seconds of each turn, default ${DEFAULT-VALUE}.")
  int warmUpSeconds = 5;
}
