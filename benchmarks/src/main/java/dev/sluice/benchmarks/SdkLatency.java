package dev.sluice.benchmarks;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * D1: from publish to handler, at a fixed rate through one server, the official Java SDK on both
 * sides. Each turn has a topic and a group of its own.
 */
@Command(
    name = "d1",
    mixinStandardHelpOptions = true,
    description = "D1: from publish to handler, by the official Java SDK, at a fixed rate.")
final class SdkLatency implements Callable<Integer>, ServerWorkload {

  /** Messages per second. */
  static final int RATE = 5000;

  private static final int QUEUES = 8;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(
      names = "--rate",
      split = ",",
      description = "Levels: messages per second, default ${DEFAULT-VALUE}.")
  List<Integer> rates = List.of(RATE);

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    return Compare.run(this, options, spec.commandLine().getOut());
  }

  @Override
  public String title() {
    return "D1: publish to handler through one server, official Java SDK 5.2.0, push consumer";
  }

  @Override
  public String levelName() {
    return "msg/s asked";
  }

  @Override
  public List<Integer> levels() {
    return rates;
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
        Column.REPEATED,
        Column.MEMORY,
        Column.THREADS,
        Column.OTHERS);
  }

  @Override
  public Turn turn(Stage stage, Peer peer, int level) throws IOException, InterruptedException {
    RunOptions run = stage.options();
    Peer.Running server = stage.server(peer);
    String topic = stage.freshTopic("d1", QUEUES);
    String group = stage.freshName("d1");
    stage.setup().groupFromTheStart(group, topic);
    return LoadProcess.sdk(
        stage,
        server,
        "latency",
        "--topic=" + topic,
        "--group=" + group,
        "--rate=" + level,
        "--body=" + run.bodyBytes,
        "--warm-up=" + run.warmUpSeconds,
        "--measure=" + run.measureSeconds);
  }
}
