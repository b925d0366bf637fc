package dev.sluice.benchmarks.bus;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** E2 alone. */
@Command(
    name = "e2",
    mixinStandardHelpOptions = true,
    description = "E2: five topics of three partitions, over each broker.")
final class TrafficCommand implements Callable<Integer> {

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final TrafficOptions traffic = new TrafficOptions();

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (Stage stage = Stage.open(run)) {
      return new TrafficRun(stage, traffic).run(spec.commandLine().getOut()) ? 0 : 1;
    }
  }
}
