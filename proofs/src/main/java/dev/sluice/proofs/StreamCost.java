package dev.sluice.proofs;

import dev.sluice.engines.WorkFolder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What idle consumer streams cost the gateway: bytes of heap after a collection, and threads.
 * Figure K1 of the benchmarks.
 */
@Command(
    name = "stream-cost",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures heap and threads of the gateway with more and more idle streams.")
final class StreamCost implements Callable<Integer> {

  private static final int GROUPS = 10;

  @Option(names = "--streams", split = ",", description = "Levels, default ${DEFAULT-VALUE}.")
  List<Integer> levels = List.of(1, 10, 100, 1_000, 10_000);

  @Option(names = "--each", description = "Streams of a connection, default ${DEFAULT-VALUE}.")
  int each = 100;

  @Option(names = "--classes", description = "How many of the classes that grew to show.")
  int classes = 25;

  @Option(names = "--upstream", description = "Name server; default the gateway's own broker.")
  String upstream = "";

  @Option(names = "--root", description = "The repository.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StreamCost()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    try (var work = WorkFolder.create("stream-cost")) {
      measure(work.path());
    }
    return 0;
  }

  private void measure(Path work) throws IOException, InterruptedException {
    var settings = new java.util.HashMap<>(Map.of("DATA_DIR", work.toString()));
    if (!upstream.isEmpty()) {
      settings.put("UPSTREAM", upstream);
    }
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<Caller> callers = new ArrayList<>();
    try (var gateway = GatewayProcess.start(root, settings, work.resolve("gateway.log"))) {
      measure(gateway, loops, callers);
    } finally {
      callers.forEach(Caller::close);
      loops.shutdownGracefully().await();
    }
  }

  private void measure(GatewayProcess gateway, EventLoopGroup loops, List<Caller> callers)
      throws IOException, InterruptedException {
    String topic = "stream-cost-" + Long.toString(System.currentTimeMillis(), 36);
    // Whatever the first of each kind makes once is none of the later ones' cost.
    open(gateway, loops, callers, topic, 2 * GROUPS);
    LiveObjects before = settled(gateway);
    System.out.println(
        "| streams | connections | heap bytes per stream | heap MB | threads | MB |");
    System.out.println("|---|---|---|---|---|---|");
    int open = 0;
    LiveObjects now = before;
    for (int level : levels) {
      open(gateway, loops, callers, topic, level - open);
      open = level;
      now = settled(gateway);
      ProcessFigures process = ProcessFigures.of(gateway.pid(), Set.of());
      System.out.printf(
          Locale.ROOT,
          "| %d | %d | %d | %.1f | %d | %d |%n",
          level,
          callers.size(),
          (now.bytes() - before.bytes()) / level,
          now.bytes() / 1048576.0,
          process.threads(),
          process.residentBytes() >> 20);
    }
    int streams = open;
    System.out.println("Bytes per stream by class, those that grew most:");
    before
        .grown(now, classes)
        .forEach(
            grown -> {
              int plus = grown.lastIndexOf('+');
              System.out.println(
                  "  "
                      + grown.substring(0, plus)
                      + Long.parseLong(grown.substring(plus + 1)) / streams);
            });
  }

  private void open(
      GatewayProcess gateway,
      EventLoopGroup loops,
      List<Caller> callers,
      String topic,
      int streams) {
    Caller caller = null;
    for (int i = 0; i < streams; i++) {
      if (caller == null || i % each == 0) {
        caller = Caller.to(gateway.grpcPort(), loops);
        callers.add(caller);
      }
      String id = caller.consumer(topic, topic + "-" + i % GROUPS);
      caller.stream(id, message -> {}).readAll();
    }
  }

  private static LiveObjects settled(GatewayProcess gateway)
      throws IOException, InterruptedException {
    Pause.of(Duration.ofSeconds(3));
    LiveObjects.of(gateway.pid());
    return LiveObjects.of(gateway.pid());
  }
}
