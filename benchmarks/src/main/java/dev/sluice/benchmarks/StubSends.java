package dev.sluice.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
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
 * S1, with the floor F1 beside it, and M1 in its last columns: {@code SendMessage} by raw gRPC
 * calls, a fixed number in flight.
 */
@Command(
    name = "s1",
    mixinStandardHelpOptions = true,
    description = "S1, F1 and M1: SendMessage by raw gRPC calls.")
final class StubSends implements Callable<Integer>, ServerWorkload {

  private static final int QUEUES = 8;

  @Mixin private final RunOptions options = new RunOptions();

  @Option(names = "--in-flight", split = ",", description = "Levels, default ${DEFAULT-VALUE}.")
  List<Integer> inFlight = List.of(10, 100, 500);

  @Option(names = "--service", description = "v2 (all serve it) or proxy (Sluice alone).")
  String service = "v2";

  @Option(names = "--connections", description = "HTTP/2 connections, default ${DEFAULT-VALUE}.")
  int connections = 4;

  @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
  @Spec
  private CommandSpec spec;

  private @Nullable String topic;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    return Compare.run(this, options, out);
  }

  @Override
  public String title() {
    return service.equals("v2")
        ? "S1, F1, M1: `SendMessage` of `apache.rocketmq.v2`, raw gRPC calls"
        : "`SendMessage` of `rocketmq.RocketMQProxy`, raw gRPC calls";
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
    return service.equals("v2") ? EnumSet.allOf(Peer.class) : EnumSet.of(Peer.SLUICE);
  }

  @Override
  public List<Column> columns() {
    return List.of(
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
    RunOptions run = stage.options();
    Peer.Running server = stage.server(peer);
    if (topic == null) {
      topic = stage.freshTopic("s1", QUEUES);
    }
    try (var channels = StubChannels.to(server.port(), Math.min(connections, level))) {
      SendWorkload sends =
          service.equals("v2")
              ? SendWorkload.v2(topic, run.bodyBytes)
              : SendWorkload.proxy(channels.all().getFirst(), topic, run.bodyBytes);
      return new ClosedLoop(channels.all(), sends, level)
          .run(
              Duration.ofSeconds(run.warmUpSeconds),
              Duration.ofSeconds(run.measureSeconds),
              server.process());
    }
  }
}
