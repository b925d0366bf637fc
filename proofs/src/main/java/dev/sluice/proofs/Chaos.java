package dev.sluice.proofs;

import dev.sluice.engines.WorkFolder;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Traffic through two gateways while they, their broker and the networks before them are killed,
 * frozen, cut and stalled at random: everything that was accepted must arrive, in order where that
 * is promised, and what was acknowledged must not come again.
 */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Kills, freezes and cuts off gateways and their broker under traffic; fails where a message"
            + " is lost, comes out of order, or comes again although it was acknowledged.")
final class Chaos implements Callable<Integer> {

  private static final Duration TIME_TO_ARRIVE = Duration.ofMinutes(4);

  @Option(names = "--duration", converter = DurationText.class, description = "As 60s or 10m.")
  Duration duration = Duration.ofMinutes(10);

  @Option(names = "--keys", description = "Sharding keys, each with a producer of its own.")
  int keys = 12;

  @Option(
      names = "--between",
      converter = DurationText.class,
      description = "Time between two messages of a key.")
  Duration between = Duration.ofMillis(100);

  @Option(
      names = "--calm",
      converter = DurationText.class,
      description = "Time before the first fault, in which nothing at all may come again.")
  Duration calm = Duration.ofSeconds(15);

  @Option(
      names = "--elsewhere",
      description = "Of 100 acknowledgements, how many go through the other gateway at once.")
  int elsewhere = 15;

  @Option(names = "--seed", description = "Repeats the order of the faults.")
  long seed = new Random().nextLong();

  @Option(names = "--root", description = "The repository.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Chaos()).execute(arguments));
  }

  /** The clients of one run. */
  private record Traffic(
      List<KeyedProducer> producers,
      List<SteadyConsumer> consumers,
      KeyedArrivals plain,
      KeyedArrivals ordered) {

    void faultBegins(Fault fault) {
      plain.faultBegins(fault == Fault.BROKER_KILLED);
      ordered.faultBegins(fault == Fault.BROKER_KILLED);
    }

    void faultEnds() {
      plain.faultEnds();
      ordered.faultEnds();
    }

    /** What was accepted so far, by key. */
    Map<String, BitSet> accepted() {
      var accepted = new TreeMap<String, BitSet>();
      producers.forEach(producer -> accepted.put(producer.key(), producer.accepted()));
      return accepted;
    }
  }

  @Override
  public Integer call() throws Exception {
    return findings().isEmpty() ? 0 : 1;
  }

  /** Runs it; yields what is wrong. */
  List<String> findings() throws Exception {
    try (var work = WorkFolder.create("chaos")) {
      work.keep(true);
      List<String> findings = findings(work.path());
      work.keep(!findings.isEmpty());
      return findings;
    }
  }

  private List<String> findings(Path work) throws Exception {
    System.out.printf("seed %d, work folder %s%n", seed, work);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<String> findings;
    try (var cluster = Cluster.start(root, work, Ledger.create())) {
      findings = run(cluster, loops);
    } finally {
      loops.shutdownGracefully().await();
    }
    findings.forEach(finding -> System.out.println("FOUND " + finding));
    System.out.println(findings.isEmpty() ? "Nothing was lost or out of order." : "FAILED");
    return findings;
  }

  private List<String> run(Cluster cluster, EventLoopGroup loops)
      throws IOException, InterruptedException {
    List<Caller> gateways = new ArrayList<>();
    for (int i = 0; i < Cluster.GATEWAYS; i++) {
      gateways.add(Caller.watchful(cluster.port(i), loops));
    }
    try {
      Traffic traffic = begin(gateways);
      try {
        Map<Fault, Integer> faults = disturb(cluster, traffic);
        traffic.producers().forEach(KeyedProducer::close);
        awaitArrivals(traffic);
        return report(traffic, faults);
      } finally {
        traffic.producers().forEach(KeyedProducer::close);
        traffic.consumers().forEach(SteadyConsumer::close);
      }
    } finally {
      gateways.forEach(Caller::close);
    }
  }

  private Traffic begin(List<Caller> gateways) {
    String topic = "chaos";
    var traffic =
        new Traffic(new ArrayList<>(), new ArrayList<>(), new KeyedArrivals(), new KeyedArrivals());
    for (int i = 0; i < Cluster.GATEWAYS; i++) {
      for (boolean ordered : List.of(false, true)) {
        String id =
            gateways
                .get(i)
                .consumer(
                    CreateConsumerRequest.newBuilder()
                        .setTopic(topic)
                        .setGroupId(ordered ? "ordered" : "plain")
                        .setOrdered(ordered)
                        .setStartPosition(StartPosition.EARLIEST)
                        .build());
        traffic
            .consumers()
            .add(
                new SteadyConsumer(
                    id, gateways, i, elsewhere, ordered ? traffic.ordered() : traffic.plain()));
      }
    }
    for (int i = 0; i < keys; i++) {
      String id = gateways.get(i % gateways.size()).producer(topic);
      traffic.producers().add(new KeyedProducer("key" + i, id, gateways, i, between));
    }
    return traffic;
  }

  private Map<Fault, Integer> disturb(Cluster cluster, Traffic traffic)
      throws IOException, InterruptedException {
    Seeds seeds = Seeds.of(seed);
    var counts = new EnumMap<Fault, Integer>(Fault.class);
    Pause.of(calm);
    System.out.printf(
        "calm: accepted %d, plain %d and %d again, ordered %d and %d again%n",
        traffic.accepted().values().stream().mapToInt(BitSet::cardinality).sum(),
        traffic.plain().distinct(),
        traffic.plain().duplicates(),
        traffic.ordered().distinct(),
        traffic.ordered().duplicates());
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < duration.toNanos()) {
      Fault fault = Fault.any(seeds);
      int gateway = seeds.between(0, Cluster.GATEWAYS - 1);
      Duration lasting = Duration.ofMillis(seeds.between(500, 6_000));
      counts.merge(fault, 1, Integer::sum);
      traffic.faultBegins(fault);
      System.out.printf(
          "%4d s: %s %d, %d ms; accepted %d, plain %d, ordered %d%n",
          (System.nanoTime() - begin) / 1_000_000_000,
          fault,
          gateway,
          lasting.toMillis(),
          traffic.accepted().values().stream().mapToInt(BitSet::cardinality).sum(),
          traffic.plain().distinct(),
          traffic.ordered().distinct());
      fault.happen(cluster, gateway, lasting);
      traffic.faultEnds();
      Pause.of(Duration.ofMillis(seeds.between(2_000, 10_000)));
    }
    return counts;
  }

  private static void awaitArrivals(Traffic traffic) throws InterruptedException {
    long end = System.nanoTime() + TIME_TO_ARRIVE.toNanos();
    Map<String, BitSet> accepted = traffic.accepted();
    while (traffic.plain().missing(accepted) + traffic.ordered().missing(accepted) > 0
        && System.nanoTime() < end) {
      Pause.of(Duration.ofMillis(200));
    }
  }

  private static List<String> report(Traffic traffic, Map<Fault, Integer> faults) {
    Map<String, BitSet> accepted = traffic.accepted();
    int total = accepted.values().stream().mapToInt(BitSet::cardinality).sum();
    var findings = new ArrayList<String>();
    System.out.println("faults: " + faults);
    System.out.printf(
        "accepted %d, failed %d, longest gap of a producer %d ms, streams %d, failed acks %d%n",
        total,
        traffic.producers().stream().mapToLong(KeyedProducer::failed).sum(),
        traffic.producers().stream()
            .mapToLong(each -> each.longestGap().toMillis())
            .max()
            .orElse(0),
        traffic.consumers().stream().mapToLong(SteadyConsumer::streams).sum(),
        traffic.consumers().stream().mapToLong(SteadyConsumer::failedAcks).sum());
    for (var group : Map.of("plain", traffic.plain(), "ordered", traffic.ordered()).entrySet()) {
      KeyedArrivals arrivals = group.getValue();
      System.out.printf(
          "%s: %d messages arrived, %d deliveries were repetitions, %d were in flight at faults,"
              + " %d out of order, reconsumed %d times at most%n",
          group.getKey(),
          arrivals.distinct(),
          arrivals.duplicates(),
          arrivals.inFlightAtFaults(),
          arrivals.outOfOrder(accepted).size(),
          arrivals.mostAttempts());
      int missing = arrivals.missing(accepted);
      if (missing > 0) {
        findings.add(
            "%s lost %d of %d: %s"
                .formatted(group.getKey(), missing, total, arrivals.missingOnes(accepted)));
      }
      if (arrivals.unexcusedDuplicates() > 0) {
        findings.add(
            "%s got %d again that it had acknowledged: %s"
                .formatted(group.getKey(), arrivals.unexcusedDuplicates(), arrivals.unexcused()));
      }
    }
    List<String> wrongOrder = traffic.ordered().outOfOrder(accepted);
    if (!wrongOrder.isEmpty()) {
      findings.add("out of order %d: %s".formatted(wrongOrder.size(), wrongOrder));
    }
    if (total == 0) {
      findings.add("nothing was accepted");
    }
    return findings;
  }
}
