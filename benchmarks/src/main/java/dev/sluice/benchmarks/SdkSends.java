package dev.sluice.benchmarks;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** S2: asynchronous sends by the official Java SDK, a fixed number in flight. */
@Command(
    name = "s2",
    mixinStandardHelpOptions = true,
    description = "S2: asynchronous sends by the official Java SDK 5.2.0.")
final class SdkSends implements Callable<Integer>, ServerWorkload {

  private static final int QUEUES = 8;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(names = "--in-flight", split = ",", description = "Levels, default ${DEFAULT-VALUE}.")
  List<Integer> inFlight = List.of(100, 500);

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  private @Nullable String topic;

  @Override
  public Integer call() throws Exception {
    return Compare.run(this, options, spec.commandLine().getOut());
  }

  @Override
  public String title() {
    return "S2: asynchronous sends by the official Java SDK 5.2.0";
  }

  @Override
  public String levelName() {
    return "in flight";
  }

  @Override
  public List<Integer> levels() {
    return inFlight;
  }

  @Override
  public Set<Peer> peers() {
    return EnumSet.of(Peer.SLUICE, Peer.APACHE);
  }

  @Override
  public List<Column> columns() {
    return List.of(
        Column.RATE,
        Column.P50,
        Column.P99,
        Column.CPU,
        Column.CLIENT_CPU,
        Column.FAILED,
        Column.MEMORY,
        Column.THREADS,
        Column.OTHERS);
  }

  @Override
  public Turn turn(Stage stage, Peer peer, int level) throws IOException, InterruptedException {
    RunOptions run = stage.options();
    Peer.Running server = stage.server(peer);
    if (topic == null) {
      topic = stage.freshTopic("s2", QUEUES);
    }
    return LoadProcess.sdk(
        stage,
        server,
        "send",
        "--topic=" + topic,
        "--in-flight=" + level,
        "--body=" + run.bodyBytes,
        "--warm-up=" + run.warmUpSeconds,
        "--measure=" + run.measureSeconds);
  }
}
