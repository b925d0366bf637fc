package dev.sluice.proofs;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.WorkFolder;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerOptions;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.testkit.Seeds;
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
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Producers and members of two groups, of the client library alone, while their broker, its
 * networks and some of the members are killed, frozen, cut off and stalled at random: everything
 * that was acknowledged must arrive in both groups, in order in the one that keeps it, no send may
 * outlive its deadline, and nothing may be left when all of it is closed.
 */
@Command(
    name = "library-chaos",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Kills, freezes and cuts off a broker and members of groups under the traffic of the client"
            + " library; fails where a message is lost or comes out of order, a send outlives its"
            + " deadline, or something is left.")
final class LibraryChaos implements Callable<Integer> {

  private static final Duration TIME_TO_ARRIVE = Duration.ofMinutes(4);
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(3);

  /** Beyond the deadline of a send, on a machine that is busy with everything else here. */
  private static final Duration LATE = Duration.ofSeconds(10);

  @Option(names = "--duration", converter = DurationText.class, description = "As 60s or 10m.")
  Duration duration = Duration.ofMinutes(10);

  @Option(names = "--version", description = "Of RocketMQ: V4 or V5.")
  RocketMQVersion version = RocketMQVersion.V5;

  @Option(names = "--keys", description = "Sharding keys, each with a sender of its own.")
  int keys = 12;

  @Option(
      names = "--between",
      converter = DurationText.class,
      description = "Time between two messages of a key.")
  Duration between = Duration.ofMillis(50);

  @Option(
      names = "--rest",
      converter = DurationText.class,
      description = "The longest time between two faults.")
  Duration rest = Duration.ofSeconds(10);

  @Option(
      names = "--lasting",
      converter = DurationText.class,
      description = "The longest time that a fault lasts; a name server is away 15 times as long.")
  Duration lasting = Duration.ofSeconds(6);

  @Option(names = "--seed", description = "Repeats the order of the faults.")
  long seed = new Random().nextLong();

  @Option(names = "--root", description = "The repository.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();

  private final Map<LibraryMember.Group, KeyedArrivals> arrivals =
      new EnumMap<>(
          Map.of(
              LibraryMember.Group.PLAIN, new KeyedArrivals(),
              LibraryMember.Group.ORDERED, new KeyedArrivals()));

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new LibraryChaos()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    return findings().isEmpty() ? 0 : 1;
  }

  /** Runs it; yields what is wrong. */
  List<String> findings() throws Exception {
    try (var work = WorkFolder.create("library-chaos")) {
      work.keep(true);
      List<String> findings = findings(work.path());
      work.keep(!findings.isEmpty());
      return findings;
    }
  }

  private List<String> findings(Path work) throws Exception {
    System.out.printf("seed %d, work folder %s%n", seed, work);
    List<String> findings;
    try (var cluster = new LibraryCluster(version, root, work, this::consumed)) {
      findings = run(cluster);
    }
    Ledger ledger = ClientRuntimes.ofProcess().ledger();
    if (!ledger.isEmpty()) {
      findings.add("left open: " + ledger);
    }
    findings.forEach(finding -> System.out.println("FOUND " + finding));
    System.out.println(findings.isEmpty() ? "Nothing was lost or out of order." : "FAILED");
    return findings;
  }

  private void consumed(LibraryMember.Group group, String body) {
    arrivals(group).received(body, 0);
  }

  private KeyedArrivals arrivals(LibraryMember.Group group) {
    KeyedArrivals of = arrivals.get(group);
    if (of == null) {
      throw new IllegalStateException("no arrivals of " + group);
    }
    return of;
  }

  private List<String> run(LibraryCluster cluster) throws IOException, InterruptedException {
    ProducerOptions options =
        ProducerOptions.builder(
                ClientOptions.builder(cluster.nameServers()).build(), "library-producers")
            .sendTimeout(SEND_TIMEOUT)
            .build();
    List<LibrarySender> senders = new ArrayList<>();
    try (Producer producer = Producer.create(options)) {
      producer.start();
      try (var _ =
          new LibraryMember(
              cluster.nameServers(), LibraryCluster.TOPIC, "in-process", this::consumed)) {
        for (int i = 0; i < LibraryCluster.PROCESSES; i++) {
          cluster.startProcess(i);
        }
        for (int i = 0; i < keys; i++) {
          senders.add(new LibrarySender("key" + i, producer, between));
        }
        Map<LibraryFault, Integer> faults = disturb(cluster, senders);
        senders.forEach(LibrarySender::close);
        awaitArrivals(accepted(senders));
        return report(senders, faults);
      } finally {
        senders.forEach(LibrarySender::close);
      }
    }
  }

  private static Map<String, BitSet> accepted(List<LibrarySender> senders) {
    var accepted = new TreeMap<String, BitSet>();
    senders.forEach(sender -> accepted.put(sender.key(), sender.accepted()));
    return accepted;
  }

  private static int count(Map<String, BitSet> accepted) {
    return accepted.values().stream().mapToInt(BitSet::cardinality).sum();
  }

  private Map<LibraryFault, Integer> disturb(LibraryCluster cluster, List<LibrarySender> senders)
      throws IOException, InterruptedException {
    Seeds seeds = Seeds.of(seed);
    var counts = new EnumMap<LibraryFault, Integer>(LibraryFault.class);
    awaitAll(() -> arrivals.values().stream().allMatch(each -> each.distinct() > 50));
    long begin = System.nanoTime();
    var left = new ArrayList<LibraryFault>();
    while (System.nanoTime() - begin < duration.toNanos()) {
      if (left.isEmpty()) {
        left.addAll(List.of(LibraryFault.values()));
      }
      LibraryFault fault = left.remove(seeds.between(0, left.size() - 1));
      int process = seeds.between(0, LibraryCluster.PROCESSES - 1);
      Duration time = Duration.ofMillis(seeds.between(300, Math.toIntExact(lasting.toMillis())));
      counts.merge(fault, 1, Integer::sum);
      System.out.printf(
          "%4d s: %s %d, %d ms; accepted %d, arrived %s%n",
          (System.nanoTime() - begin) / 1_000_000_000,
          fault,
          process,
          time.toMillis(),
          count(accepted(senders)),
          arrivals.values().stream().map(KeyedArrivals::distinct).toList());
      fault.happen(cluster, process, time);
      Pause.of(Duration.ofMillis(seeds.between(500, Math.toIntExact(rest.toMillis()))));
    }
    return counts;
  }

  private void awaitArrivals(Map<String, BitSet> accepted) throws InterruptedException {
    awaitAll(() -> arrivals.values().stream().allMatch(each -> each.missing(accepted) == 0));
  }

  private static void awaitAll(BooleanSupplier here) throws InterruptedException {
    long end = System.nanoTime() + TIME_TO_ARRIVE.toNanos();
    while (!here.getAsBoolean() && System.nanoTime() < end) {
      Pause.of(Duration.ofMillis(200));
    }
  }

  private List<String> report(List<LibrarySender> senders, Map<LibraryFault, Integer> faults) {
    Map<String, BitSet> accepted = accepted(senders);
    Duration longest =
        senders.stream().map(LibrarySender::longest).max(Duration::compareTo).orElseThrow();
    System.out.println("faults: " + faults);
    System.out.printf(
        "accepted %d, failed %d, longest send %d ms%n",
        count(accepted),
        senders.stream().mapToLong(LibrarySender::failed).sum(),
        longest.toMillis());
    var findings = new ArrayList<String>();
    arrivals.forEach(
        (group, came) -> {
          System.out.printf(
              "%s: %d messages arrived, %d deliveries were repetitions%n",
              group, came.distinct(), came.duplicates());
          if (came.missing(accepted) > 0) {
            findings.add(group + " lost " + came.missing(accepted) + " of " + count(accepted));
          }
        });
    List<String> wrongOrder = arrivals(LibraryMember.Group.ORDERED).outOfOrder(accepted);
    if (!wrongOrder.isEmpty()) {
      findings.add("out of order " + wrongOrder.size() + ": " + wrongOrder);
    }
    if (longest.compareTo(SEND_TIMEOUT.plus(LATE)) > 0) {
      findings.add("a send took " + longest + " (expected: at most " + SEND_TIMEOUT + ")");
    }
    if (count(accepted) == 0) {
      findings.add("nothing was accepted");
    }
    return findings;
  }
}
