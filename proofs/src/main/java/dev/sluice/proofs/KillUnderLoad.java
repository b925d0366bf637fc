package dev.sluice.proofs;

import dev.sluice.engines.WorkFolder;
import dev.sluice.lifecycle.Ledger;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Kills one of two gateways under full load, whose clients then use the other. Figure K2 of the
 * benchmarks.
 */
@Command(
    name = "kill-under-load",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Kills one of two gateways under load, and tells how sends and deliveries went on; fails"
            + " where an accepted message is lost.")
final class KillUnderLoad implements Callable<Integer> {

  private static final int VICTIM = 0;
  private static final Duration TIME_TO_ARRIVE = Duration.ofMinutes(4);

  @Option(names = "--in-flight", description = "Sends in flight, default ${DEFAULT-VALUE}.")
  int inFlight = 200;

  @Option(names = "--body", description = "Bytes of each body, default ${DEFAULT-VALUE}.")
  int bodyBytes = 256;

  @Option(names = "--warm-up", converter = DurationText.class, description = "Default 20s.")
  Duration warmUp = Duration.ofSeconds(20);

  @Option(names = "--measure", converter = DurationText.class, description = "Default 10s.")
  Duration measure = Duration.ofSeconds(10);

  @Option(names = "--root", description = "The repository.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new KillUnderLoad()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<Caller> gateways = new ArrayList<>();
    try (var work = WorkFolder.create("kill-under-load");
        var cluster = Cluster.start(root, work.path(), Ledger.create())) {
      for (int i = 0; i < Cluster.GATEWAYS; i++) {
        gateways.add(Caller.to(cluster.directPort(i), loops));
      }
      return run(cluster, gateways);
    } finally {
      gateways.forEach(Caller::close);
      timer.shutdownNow();
      loops.shutdownGracefully().await();
    }
  }

  private int run(Cluster cluster, List<Caller> gateways) throws IOException, InterruptedException {
    var sent = new Sent();
    var arrivals = new Arrivals();
    String consumer = gateways.getLast().consumer("kill", "readers");
    List<MovingReader> readers = new ArrayList<>();
    for (int i = 0; i < gateways.size(); i++) {
      readers.add(new MovingReader(gateways, i, consumer, arrivals::add));
    }
    BitSet acceptedBefore;
    long killed;
    try (var sending =
        new SendLoop(
            gateways, gateways.getLast().producer("kill"), sent, inFlight, bodyBytes, timer)) {
      Pause.of(warmUp);
      int before = sent.count();
      Pause.of(measure);
      double rate = (sent.count() - before) * 1e9 / measure.toNanos();
      sending.resetGaps();
      long failedBefore = sending.failed();
      int waiting = arrivals.missing(sent.all());
      killed = System.nanoTime();
      cluster.killGateway(VICTIM);
      acceptedBefore = sent.all();
      Pause.of(measure);
      System.out.printf(
          Locale.ROOT,
          "%.0f messages/s through two gateways, %d accepted and not yet delivered%nSIGKILL of one:"
              + " %d sends failed; no sender was without an accepted message for more than %d ms%n",
          rate,
          waiting,
          sending.failed() - failedBefore,
          sending.longestGapMillis());
    }
    System.out.printf(
        "deliveries: the killed gateway's reader got its next message after %d ms%n",
        readers.get(VICTIM).firstAfterMoveMillis(killed));
    int lost = awaitArrivals(arrivals, acceptedBefore, sent, killed);
    readers.forEach(MovingReader::close);
    System.out.printf(
        "%d accepted, %d lost, %d deliveries were repetitions%n",
        sent.count(), lost, arrivals.repeated());
    return lost == 0 ? 0 : 1;
  }

  private static int awaitArrivals(Arrivals arrivals, BitSet acceptedBefore, Sent sent, long killed)
      throws InterruptedException {
    long end = System.nanoTime() + TIME_TO_ARRIVE.toNanos();
    boolean told = false;
    while (System.nanoTime() < end) {
      if (!told && arrivals.missing(acceptedBefore) == 0) {
        told = true;
        System.out.printf(
            "all that was accepted before the kill had come after %d ms%n",
            (System.nanoTime() - killed) / 1_000_000);
      }
      if (told && arrivals.missing(sent.all()) == 0) {
        return 0;
      }
      Pause.of(Duration.ofMillis(50));
    }
    return arrivals.missing(sent.all());
  }
}
