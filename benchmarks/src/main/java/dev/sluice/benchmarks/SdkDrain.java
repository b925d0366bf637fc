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

/**
 * R1: the official Java push consumer drains a topic. All turns drain the same stored messages,
 * each with a group of its own that starts at the oldest.
 */
@Command(
    name = "r1",
    mixinStandardHelpOptions = true,
    description = "R1: the official Java push consumer drains stored messages.")
final class SdkDrain implements Callable<Integer>, ServerWorkload {

  /** Messages to drain. */
  static final int COUNT = 180_000;

  private static final int QUEUES = 8;
  private static final int FILL_IN_FLIGHT = 200;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(names = "--count", description = "Messages, default ${DEFAULT-VALUE}.")
  int count = COUNT;

  @Option(
      names = "--threads",
      split = ",",
      description = "Levels: threads of the consumer, default ${DEFAULT-VALUE}.")
  List<Integer> threads = List.of(8);

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
    return "R1: the official Java push consumer 5.2.0 drains " + count + " messages";
  }

  @Override
  public String course(RunOptions options) {
    return "warm-up at most " + options.warmUpSeconds + " s by another group, then all messages";
  }

  @Override
  public String levelName() {
    return "threads";
  }

  @Override
  public List<Integer> levels() {
    return threads;
  }

  @Override
  public Set<Peer> peers() {
    return EnumSet.of(Peer.SLUICE, Peer.APACHE);
  }

  @Override
  public List<Column> columns() {
    return List.of(
        Column.RATE,
        Column.CPU,
        Column.CLIENT_CPU,
        Column.REPEATED,
        Column.MEMORY,
        Column.THREADS,
        Column.OTHERS);
  }

  @Override
  public Turn turn(Stage stage, Peer peer, int level) throws IOException, InterruptedException {
    RunOptions run = stage.options();
    Peer.Running server = stage.server(peer);
    String filled = topic;
    if (filled == null) {
      filled = stage.freshTopic("r1", QUEUES);
      fill(server, filled, run.bodyBytes);
      topic = filled;
    }
    return LoadProcess.sdk(
        stage,
        server,
        "drain",
        "--topic=" + filled,
        "--group=" + group(stage, filled),
        "--warm-up-group=" + group(stage, filled),
        "--warm-up=" + run.warmUpSeconds,
        "--count=" + count,
        "--threads=" + level);
  }

  private static String group(Stage stage, String topic) {
    String group = stage.freshName("r1");
    stage.setup().groupFromTheStart(group, topic);
    return group;
  }

  private void fill(Peer.Running server, String topic, int bodyBytes) throws InterruptedException {
    try (var channels = StubChannels.to(server.port(), 1)) {
      new Filling(
              channels.all().getFirst(),
              SendWorkload.v2(topic, bodyBytes),
              count,
              Math.min(FILL_IN_FLIGHT, count))
          .run();
    }
  }
}
