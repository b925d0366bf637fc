package dev.sluice.benchmarks;

import dev.sluice.benchmarks.ClosedLoop.Result;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Workload S1 of the benchmarks: raw gRPC {@code SendMessage}, a fixed number in flight, Sluice and
 * its peer in turn in one run before one broker.
 */
@Command(
    name = "send-comparison",
    mixinStandardHelpOptions = true,
    description = "Measures SendMessage through Sluice and through Apache's proxy, in turn.")
final class SendComparison implements Callable<Integer> {

  @Option(
      names = "--upstream",
      description = "Name server of the broker; without it one is started.")
  String upstream = "";

  @Option(names = "--in-flight", split = ",", description = "Levels, default ${DEFAULT-VALUE}.")
  List<Integer> inFlight = List.of(10, 100, 500);

  @Option(
      names = "--peers",
      split = ",",
      description = "Whom to measure: ${COMPLETION-CANDIDATES}.")
  List<Peer> peers = List.of(Peer.SLUICE, Peer.APACHE);

  @Option(names = "--service", description = "v2 (both serve it) or proxy (Sluice alone).")
  String service = "v2";

  @Option(names = "--rounds", description = "Turns of each, default ${DEFAULT-VALUE}.")
  int rounds = 3;

  @Option(names = "--warm-up", description = "Seconds, default ${DEFAULT-VALUE}.")
  int warmUpSeconds = 15;

  @Option(names = "--measure", description = "Seconds, default ${DEFAULT-VALUE}.")
  int measureSeconds = 25;

  @Option(names = "--body", description = "Bytes of each body, default ${DEFAULT-VALUE}.")
  int bodyBytes = 256;

  @Option(names = "--connections", description = "HTTP/2 connections, default ${DEFAULT-VALUE}.")
  int connections = 4;

  @Option(names = "--root", description = "The repository, default: the current folder.")
  Path root = Path.of("").toAbsolutePath();

  private final List<Result> measured = new ArrayList<>();

  /** What was measured so far, in order. */
  List<Result> measured() {
    return List.copyOf(measured);
  }

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SendComparison()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path work = Files.createTempDirectory("send-comparison");
    try (var broker = BenchmarkBroker.start(root, work, upstream)) {
      String topic = broker.createTopic("benchmark-send", 8);
      List<Peer.Running> running = new ArrayList<>();
      try {
        for (Peer peer : peers) {
          running.add(peer.start(root, work, broker.nameServer()));
          Peer.Running last = running.getLast();
          System.out.printf(
              Locale.ROOT,
              "%s: ready after %d ms, %d MB, %d threads%n",
              peer,
              last.process().toReady().toMillis(),
              last.process().residentMegabytes(),
              last.process().threads());
        }
        measure(running, topic);
      } finally {
        for (Peer.Running each : running) {
          each.close();
        }
      }
    }
    return 0;
  }

  private void measure(List<Peer.Running> running, String topic)
      throws IOException, InterruptedException {
    System.out.println(
        "| in flight | server | msg/s | p50 ms | p99 ms | CPU us/msg | failed | MB | threads |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (int level : inFlight) {
      Map<Peer, List<Result>> results = new EnumMap<>(Peer.class);
      for (int round = 0; round < rounds; round++) {
        for (Peer.Running server : running) {
          Result result = one(server, topic, level);
          measured.add(result);
          results.computeIfAbsent(server.peer(), peer -> new ArrayList<>()).add(result);
          print(level, server, result);
        }
      }
      if (results.keySet().containsAll(List.of(Peer.SLUICE, Peer.APACHE))) {
        compare(level, results);
      }
    }
  }

  private Result one(Peer.Running server, String topic, int level)
      throws IOException, InterruptedException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    List<ManagedChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < Math.min(connections, level); i++) {
        channels.add(
            NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .eventLoopGroup(loops)
                .channelType(EpollSocketChannel.class)
                .directExecutor()
                .usePlaintext()
                .build());
      }
      SendWorkload workload =
          service.equals("v2")
              ? SendWorkload.v2(topic, bodyBytes)
              : SendWorkload.proxy(channels.getFirst(), topic, bodyBytes);
      return new ClosedLoop(channels, workload, level)
          .run(
              Duration.ofSeconds(warmUpSeconds),
              Duration.ofSeconds(measureSeconds),
              server.process());
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
      loops.shutdownGracefully().await();
    }
  }

  private static void print(int level, Peer.Running server, Result result) {
    System.out.printf(
        Locale.ROOT,
        "| %d | %s | %.0f | %.2f | %.2f | %.1f | %d %s | %d | %d |%n",
        level,
        server.peer(),
        result.perSecond(),
        result.p50Millis(),
        result.p99Millis(),
        result.cpuMicrosPerMessage(),
        result.failed(),
        result.firstFailure(),
        server.process().residentMegabytes(),
        server.process().threads());
  }

  private static void compare(int level, Map<Peer, List<Result>> results) {
    Result ours = median(results.getOrDefault(Peer.SLUICE, List.of()));
    Result theirs = median(results.getOrDefault(Peer.APACHE, List.of()));
    System.out.printf(
        Locale.ROOT,
        "| %d | ratio of medians | %.2f | %.2f | %.2f | %.2f | | | |%n",
        level,
        ours.perSecond() / theirs.perSecond(),
        ours.p50Millis() / theirs.p50Millis(),
        ours.p99Millis() / theirs.p99Millis(),
        ours.cpuMicrosPerMessage() / theirs.cpuMicrosPerMessage());
  }

  private static Result median(List<Result> results) {
    return results.stream()
        .sorted(Comparator.comparingDouble(Result::perSecond))
        .toList()
        .get(results.size() / 2);
  }
}
