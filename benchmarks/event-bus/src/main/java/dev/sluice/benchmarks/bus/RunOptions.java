package dev.sluice.benchmarks.bus;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What both workloads have in common. */
final class RunOptions {

  @Option(names = "--out", description = "A folder that takes the pictures; default none.")
  @Nullable Path out;

  @Option(
      names = "--jvm",
      split = ",",
      description = "Options of each load's JVM, such as -Xmx256m; default ${DEFAULT-VALUE}.")
  List<String> jvm = List.of("-Xmx512m");

  @Option(names = "--root", description = "The repository, default: that of the command.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();
}
