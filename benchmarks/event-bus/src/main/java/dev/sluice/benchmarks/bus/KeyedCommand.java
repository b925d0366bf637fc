package dev.sluice.benchmarks.bus;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** E1 alone. */
@Command(
    name = "e1",
    mixinStandardHelpOptions = true,
    description =
        "E1: one partition, handlers that sleep 0 to 5 ms, beside Confluent's parallel consumer.")
final class KeyedCommand implements Callable<Integer> {

  @Mixin private final RunOptions run = new RunOptions();
  @Mixin private final KeyedOptions keyed = new KeyedOptions();

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (Stage stage = Stage.open(run)) {
      return new KeyedRun(stage, keyed).run(spec.commandLine().getOut()) ? 0 : 1;
    }
  }
}
