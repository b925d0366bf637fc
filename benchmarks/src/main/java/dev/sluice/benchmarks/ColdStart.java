package dev.sluice.benchmarks;

import dev.sluice.benchmarks.servers.Ports;
import dev.sluice.benchmarks.servers.ServerProcess;
import java.io.IOException;
import java.time.Duration;
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
 * T1: from a process's start to its first accepted connection, and what it stores in the first
 * seconds of load that begins right then. Each is started once before, so that what a first start
 * prepares is there and the files are in the operating system's cache.
 */
@Command(
    name = "t1",
    mixinStandardHelpOptions = true,
    description = "T1: from start to accepting, and the first seconds of load.")
final class ColdStart implements Callable<Integer>, ServerWorkload {

  private static final int QUEUES = 8;
  private static final int CONNECTIONS = 4;
  private static final Duration LOAD = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Mixin private final RunOptions options = new RunOptions();

  @Option(names = "--in-flight", split = ",", description = "Levels, default ${DEFAULT-VALUE}.")
  List<Integer> inFlight = List.of(100);

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  private final Set<Peer> rehearsed = EnumSet.noneOf(Peer.class);
  private @Nullable String topic;

  @Override
  public Integer call() throws Exception {
    return Compare.run(this, options, spec.commandLine().getOut());
  }

  @Override
  public String title() {
    return "T1: process start to accepting, and the first " + LOAD.toSeconds() + " s of load";
  }

  @Override
  public String course(RunOptions options) {
    return "a new process each, no warm-up";
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
        Column.ACCEPTS,
        Column.FIRST_STORED,
        Column.RATE,
        Column.P50,
        Column.P99,
        Column.CPU,
        Column.FAILED,
        Column.MEMORY,
        Column.THREADS,
        Column.OTHERS);
  }

  @Override
  public Turn turn(Stage stage, Peer peer, int level) throws IOException, InterruptedException {
    String shared = topic;
    if (shared == null) {
      shared = stage.freshTopic("t1", QUEUES);
      topic = shared;
    }
    if (rehearsed.add(peer)) {
      peer.start(stage).close();
    }
    int port = Ports.free();
    long begin = System.nanoTime();
    try (ServerProcess process = peer.process(stage, port)) {
      Duration accepting = process.awaitListening(port, PATIENCE);
      try (var channels = StubChannels.to(port, CONNECTIONS)) {
        var loop =
            new ClosedLoop(
                channels.all(), SendWorkload.v2(shared, stage.options().bodyBytes), level);
        Turn loaded = loop.run(Duration.ZERO, LOAD, process);
        return loaded
            .with(Column.ACCEPTS, accepting.toNanos() / 1e6)
            .with(Column.FIRST_STORED, (loop.firstStored() - begin) / 1e6);
      }
    }
  }
}
