package dev.sluice.benchmarks;

import dev.sluice.benchmarks.machine.MachineFacts;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** All workloads, one after the other, with the same servers. */
@Command(
    name = "all",
    mixinStandardHelpOptions = true,
    description = "S1 and F1 and M1, S2, R1, D1, T1, then L1 and L2.")
final class AllWorkloads implements Callable<Integer> {

  @Mixin private final RunOptions options = new RunOptions();

  @Option(
      names = "--workloads",
      split = ",",
      description = "Which, in this order; default ${DEFAULT-VALUE}.")
  List<String> workloads = List.of("s1", "s2", "r1", "d1", "t1", "l1", "l2");

  @Option(
      names = "--in-flight",
      split = ",",
      description = "Levels of the sends instead of each workload's own.")
  List<Integer> inFlight = List.of();

  @Option(names = "--count", description = "Messages to drain, default ${DEFAULT-VALUE}.")
  int count = SdkDrain.COUNT;

  @Option(names = "--rate", description = "Messages per second of D1, default ${DEFAULT-VALUE}.")
  int rate = SdkLatency.RATE;

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<Workload<?>> chosen = workloads.stream().<Workload<?>>map(this::workload).toList();
    String facts = MachineFacts.line();
    try (Stage stage = Stage.open(options)) {
      for (Workload<?> workload : chosen) {
        Compare.run(workload, stage, facts, out);
      }
    }
    return 0;
  }

  private Workload<?> workload(String id) {
    return switch (id) {
      case "s1" -> {
        var sends = new StubSends();
        sends.inFlight = inFlight.isEmpty() ? sends.inFlight : inFlight;
        yield sends;
      }
      case "s2" -> {
        var sends = new SdkSends();
        sends.inFlight = inFlight.isEmpty() ? sends.inFlight : inFlight;
        yield sends;
      }
      case "r1" -> {
        var drain = new SdkDrain();
        drain.count = count;
        yield drain;
      }
      case "d1" -> {
        var latency = new SdkLatency();
        latency.rates = List.of(rate);
        yield latency;
      }
      case "t1" -> new ColdStart();
      case "l1" -> {
        var sends = new ClientSends();
        sends.inFlight = inFlight.isEmpty() ? sends.inFlight : inFlight;
        yield sends;
      }
      case "l2" -> new ClientWaits();
      default ->
          throw new ParameterException(
              spec.commandLine(),
              "--workloads: " + id + " (expected: s1, s2, r1, d1, t1, l1 or l2)");
    };
  }
}
