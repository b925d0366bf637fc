package dev.sluice.benchmarks.bus;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Both, one after the other. */
@Command(name = "all", mixinStandardHelpOptions = true, description = "E1, then E2.")
final class AllCommand implements Callable<Integer> {

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final KeyedOptions keyed = new KeyedOptions();
  @Mixin private final TrafficOptions traffic = new TrafficOptions();

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (Stage stage = Stage.open(run)) {
      boolean good = new KeyedRun(stage, keyed).run(spec.commandLine().getOut());
      good &= new TrafficRun(stage, traffic).run(spec.commandLine().getOut());
      return good ? 0 : 1;
    }
  }
}
