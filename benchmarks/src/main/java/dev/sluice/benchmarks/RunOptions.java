package dev.sluice.benchmarks;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What all workloads have in common. */
final class RunOptions {

  @Option(
      names = "--upstream",
      paramLabel = "<host:port>",
      description = "Name server of the broker; without it one is started.")
  String upstream = "";

  @Option(
      names = "--peers",
      split = ",",
      description = "Whom to measure, of ${COMPLETION-CANDIDATES}; default all that can be.")
  List<Peer> peers = List.of(Peer.values());

  @Option(names = "--rounds", description = "Turns of each server, default ${DEFAULT-VALUE}.")
  int rounds = 3;

  @Option(names = "--warm-up", description = "Seconds of each turn, default ${DEFAULT-VALUE}.")
  int warmUpSeconds = 15;

  @Option(names = "--measure", description = "Seconds of each turn, default ${DEFAULT-VALUE}.")
  int measureSeconds = 25;

  @Option(names = "--body", description = "Bytes of each body, default ${DEFAULT-VALUE}.")
  int bodyBytes = 256;

  @Option(
      names = "--apache-heap",
      description = "MB of heap of Apache's proxy, default ${DEFAULT-VALUE}.")
  int apacheHeapMegabytes = 1024;

  @Option(
      names = "--client-heap",
      description = "MB of heap of each client of L1 and L2, default ${DEFAULT-VALUE}.")
  int clientHeapMegabytes = 512;

  @Option(names = "--root", description = "The repository, default: that of the command.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();
}
