package dev.sluice.proofs;

import dev.sluice.engines.WorkFolder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What one message costs the gateway: bytes allocated, and time of its processors, for sending it,
 * and for delivering and acknowledging it. Figure A1 of the benchmarks.
 */
@Command(
    name = "message-cost",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures bytes allocated and CPU per message sent, and per message received.")
final class MessageCost implements Callable<Integer> {

  @Option(names = "--in-flight", description = "Sends in flight, default ${DEFAULT-VALUE}.")
  int inFlight = 100;

  @Option(names = "--body", description = "Bytes of each body, default ${DEFAULT-VALUE}.")
  int bodyBytes = 256;

  @Option(names = "--warm-up", converter = DurationText.class, description = "Default 15s.")
  Duration warmUp = Duration.ofSeconds(15);

  @Option(names = "--measure", converter = DurationText.class, description = "Default 15s.")
  Duration measure = Duration.ofSeconds(15);

  @Option(names = "--upstream", description = "Name server; default the gateway's own broker.")
  String upstream = "";

  @Option(names = "--java-options", description = "More options for the gateway's Java.")
  String javaOptions = "";

  @Option(names = "--root", description = "The repository.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new MessageCost()).execute(arguments));
  }

  /** What a gateway has done so far. */
  private record Count(long bytes, long cpuMillis, long messages) {

    void print(String what, Count later) {
      long count = later.messages - messages;
      System.out.printf(
          Locale.ROOT,
          "%s: %d messages, %.0f bytes allocated and %.1f us CPU for each%n",
          what,
          count,
          (later.bytes - bytes) / (double) count,
          (later.cpuMillis - cpuMillis) * 1e3 / count);
    }
  }

  @Override
  public Integer call() throws Exception {
    try (var work = WorkFolder.create("message-cost")) {
      measure(work.path());
    } finally {
      timer.shutdownNow();
    }
    return 0;
  }

  private void measure(Path work) throws IOException, InterruptedException {
    int jmx = Allocations.freePort();
    var settings =
        new java.util.HashMap<>(
            Map.of(
                "DATA_DIR",
                work.toString(),
                "SLUICE_JAVA_OPTS",
                Allocations.options(jmx) + " " + javaOptions));
    if (!upstream.isEmpty()) {
      settings.put("UPSTREAM", upstream);
    }
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (var gateway = GatewayProcess.start(root, settings, work.resolve("gateway.log"));
        var allocations = Allocations.of(jmx);
        var caller = Caller.to(gateway.grpcPort(), loops)) {
      String topic = "message-cost-" + Long.toString(System.currentTimeMillis(), 36);
      String consumer = caller.consumer(topic, topic + "-readers");
      var sent = new Sent();
      try (var _ =
          new SendLoop(List.of(caller), caller.producer(topic), sent, inFlight, bodyBytes, timer)) {
        Pause.of(warmUp);
        Count before = count(gateway, allocations, "messages_sent");
        Pause.of(measure);
        before.print("send", count(gateway, allocations, "messages_sent"));
      }
      receive(gateway, allocations, caller, consumer, sent);
    } finally {
      loops.shutdownGracefully().await();
    }
  }

  private void receive(
      GatewayProcess gateway, Allocations allocations, Caller caller, String consumer, Sent sent)
      throws IOException, InterruptedException {
    var arrivals = new Arrivals();
    var acks = new Acknowledging(caller, consumer, arrivals::add);
    MessageStream stream = caller.stream(consumer, acks).readAll();
    awaitArrivals(arrivals, sent.count() / 2);
    Count before = count(gateway, allocations, "messages_acked");
    awaitArrivals(arrivals, sent.count());
    before.print("receive and acknowledge", count(gateway, allocations, "messages_acked"));
    stream.cancel();
  }

  private static void awaitArrivals(Arrivals arrivals, int count) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (arrivals.distinct() < count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("only %d arrived".formatted(arrivals.distinct()));
      }
      Pause.of(Duration.ofMillis(20));
    }
  }

  private static Count count(GatewayProcess gateway, Allocations allocations, String messages)
      throws IOException, InterruptedException {
    return new Count(
        allocations.bytes(),
        ProcessFigures.of(gateway.pid(), Set.of()).cpuMillis(),
        GatewayMetricsPage.of(gateway).value(messages));
  }
}
