package dev.sluice.benchmarks.bus;

import java.util.List;
import picocli.CommandLine.Option;

/** Of E2. */
final class TrafficOptions {

  /** What the bus can be over. */
  enum Over {
    MEMORY,
    KAFKA,
    NATS,
    ROCKETMQ
  }

  @Option(
      names = "--over",
      split = ",",
      description = "Brokers, of ${COMPLETION-CANDIDATES}; default all.")
  List<Over> over = List.of(Over.values());

  @Option(
      names = "--envelopes",
      split = ",",
      description = "Of each phase, at each level; default ${DEFAULT-VALUE}.")
  List<Integer> envelopes = List.of(500, 2000, 5000, 10_000);

  @Option(
      names = "--rate",
      description = "Per second where latency is measured, default ${DEFAULT-VALUE}.")
  int rate = 2000;

  @Option(
      names = "--warm-up-envelopes",
      description = "Before each turn, through a bus of their own; default ${DEFAULT-VALUE}.")
  int warmUp = 20_000;
}
