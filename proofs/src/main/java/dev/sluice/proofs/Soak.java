package dev.sluice.proofs;

import dev.sluice.engines.WorkFolder;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The soak: a started gateway lives with careless clients for as long as is wanted, beside careful
 * ones whose messages are counted, is watched from outside all the time, and must in the end be
 * what it was before, with nothing lost.
 */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs the gateway with careless clients for a while; fails where something is left behind"
            + " or lost.")
final class Soak implements Callable<Integer> {

  /** Short, so that upstreams are closed and opened again often. */
  private static final String IDLE_TIMEOUT = "3s";

  /** Longer than that. */
  private static final Duration UNCHANGED = Duration.ofSeconds(6);

  private static final Duration TIME_TO_REST = Duration.ofSeconds(90);
  private static final Duration BETWEEN_COLLECTIONS = Duration.ofSeconds(10);

  @Option(names = "--duration", converter = DurationText.class, description = "60s, 60m, 24h, ...")
  Duration duration = Duration.ofSeconds(60);

  @Option(
      names = "--upstream",
      description = "Name server of a broker; without it the gateway runs its own.")
  String upstream = "";

  @Option(names = "--rate", description = "Careful messages a second, default ${DEFAULT-VALUE}.")
  double rate = 20;

  @Option(names = "--lives", description = "Careless clients a second, default ${DEFAULT-VALUE}.")
  double lives = 1;

  @Option(
      names = "--sample",
      converter = DurationText.class,
      description = "Time between two samples; default a 360th of the duration, at least 2s.")
  Duration sample = Duration.ZERO;

  @Option(names = "--out", description = "Where soak.csv and soak.svg go; default a new folder.")
  Path out = Path.of("");

  @Option(names = "--seed", description = "Repeats the order of what happened.")
  long seed = new Random().nextLong();

  @Option(names = "--root", description = "The repository.")
  Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Soak()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    return findings().isEmpty() ? 0 : 1;
  }

  /** Runs it; yields what is wrong. */
  List<String> findings() throws Exception {
    try (var work = WorkFolder.create("soak")) {
      work.keep(true);
      List<String> findings = findings(work.path());
      work.keep(!findings.isEmpty() || out.toString().isEmpty());
      return findings;
    }
  }

  private List<String> findings(Path work) throws Exception {
    Path results = out.toString().isEmpty() ? work : Files.createDirectories(out);
    System.out.printf("seed %d, work folder %s%n", seed, work);
    var settings = new LinkedHashMap<String, String>();
    settings.put("DATA_DIR", work.resolve("data").toString());
    settings.put("PRODUCER_CLEANUP_TIMEOUT", IDLE_TIMEOUT);
    settings.put("CONSUMER_CLEANUP_TIMEOUT", IDLE_TIMEOUT);
    if (!upstream.isEmpty()) {
      settings.put("UPSTREAM", upstream);
    }
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<String> findings;
    try (var gateway = GatewayProcess.start(root, settings, work.resolve("gateway.log"))) {
      findings = new ArrayList<>(run(gateway, loops, results));
      findings.addAll(gateway.endOrderly(Duration.ofSeconds(40)));
      gateway.complaints().stream().limit(20).forEach(System.out::println);
    } finally {
      loops.shutdownGracefully().await();
    }
    findings.forEach(finding -> System.out.println("FOUND " + finding));
    System.out.println(findings.isEmpty() ? "Nothing is left behind, nothing is lost." : "FAILED");
    return findings;
  }

  private List<String> run(GatewayProcess gateway, EventLoopGroup loops, Path results)
      throws IOException, InterruptedException {
    String name = "soak-" + Long.toString(System.currentTimeMillis(), 36);
    var careful = new CarefulFlow(gateway.grpcPort(), loops, name + "-careful");
    var ledger = Ledger.create();
    var groups = new LinkedHashMap<String, Arrivals>();
    for (int i = 0; i < 4; i++) {
      groups.put(name + "-careless-" + i, new Arrivals());
    }
    var sent = new Sent();
    Observer observer = null;
    Rest before;
    var crowd = new CarelessCrowd(Seeds.of(seed));
    // The first round makes what there is once: classes, threads, connections, topics and groups.
    Scene first = scene(gateway, loops, name, groups, sent, ledger);
    try (var flow = careful.start(rate)) {
      crowd.oneOfEach(first);
      observer =
          new Observer(
              gateway,
              BrokerViews.of(gateway.nameServer(), first.topic()),
              Stream.concat(groups.keySet().stream(), Stream.of(flow.group())).toList(),
              () -> careful.sent().count() + (long) sent.count(),
              () -> careful.arrivals().distinct());
      observer.thoroughly();
    }
    before = Rest.settled(gateway, observer, UNCHANGED, TIME_TO_REST);
    System.out.println("at rest before: " + before.sample().columns());
    List<Sample> samples;
    Scene scene = scene(gateway, loops, name, groups, sent, ledger);
    try (var flow = careful.start(rate)) {
      samples = watch(observer, crowd, scene, results.resolve("soak.csv"));
      flow.awaitAll(Duration.ofMinutes(1));
      Leftovers.fetch(scene, Duration.ofMinutes(2));
    }
    var findings = new ArrayList<>(before.returned(gateway, observer, crowd.lived(), TIME_TO_REST));
    Sample last = observer.quickly();
    samples.add(last);
    System.out.println("at rest after:  " + last.columns());
    findings.addAll(careful.findings());
    findings.addAll(crowd.findings());
    if (!ledger.isEmpty()) {
      findings.add("the clients' own networks: " + ledger);
    }
    groups.forEach(
        (group, arrivals) -> {
          int missing = arrivals.missing(sent.all());
          if (missing > 0) {
            findings.add("lost to %s: %d of %d".formatted(group, missing, sent.count()));
          }
        });
    System.out.printf(
        Locale.ROOT,
        "%d careless lives, %d of them refused at least once; careful: %d sent, %d repeated;"
            + " careless: %d sent%n",
        crowd.lived(),
        crowd.refused(),
        careful.sent().count(),
        careful.arrivals().repeated(),
        sent.count());
    Files.writeString(results.resolve("soak.svg"), plot(samples));
    return findings;
  }

  private Scene scene(
      GatewayProcess gateway,
      EventLoopGroup loops,
      String name,
      Map<String, Arrivals> groups,
      Sent sent,
      Ledger ledger) {
    return new Scene(
        gateway.grpcPort(), loops, name + "-careless", groups, sent, ledger, new CountDownLatch(1));
  }

  private List<Sample> watch(Observer observer, CarelessCrowd crowd, Scene scene, Path csv)
      throws IOException, InterruptedException {
    Duration between =
        sample.isZero() ? Duration.ofMillis(Math.max(2_000, duration.toMillis() / 360)) : sample;
    var samples = new ArrayList<Sample>();
    long end = System.nanoTime() + duration.toNanos();
    long collected = 0;
    try (var _ = crowd.start(scene, lives, duration);
        var rows = Files.newBufferedWriter(csv)) {
      while (System.nanoTime() < end) {
        boolean thoroughly =
            System.nanoTime() - collected > BETWEEN_COLLECTIONS.toNanos() || collected == 0;
        Sample now = thoroughly ? observer.thoroughly() : observer.quickly();
        if (thoroughly) {
          collected = System.nanoTime();
        }
        if (samples.isEmpty()) {
          rows.write(Sample.csvHeader(now) + "\n");
        }
        samples.add(now);
        rows.write(now.csv() + "\n");
        rows.flush();
        scene.pause(between);
      }
    }
    return samples;
  }

  private String plot(List<Sample> samples) {
    List<Map<String, Double>> rows = samples.stream().map(Sample::columns).toList();
    List<Double> seconds = column(rows, "seconds");
    var plot =
        new Plot(
            "sluice soak: %s, %s careful messages/s, %s careless clients/s, %d connections in all"
                .formatted(
                    duration.toString().substring(2).toLowerCase(Locale.ROOT),
                    rate,
                    lives,
                    samples.getLast().page().value("total_connections")));
    rows.getFirst().keySet().stream()
        .filter(name -> !name.equals("seconds"))
        .forEach(name -> plot.add(name.replace('_', ' '), seconds, column(rows, name)));
    return plot.svg();
  }

  private static List<Double> column(List<Map<String, Double>> rows, String name) {
    return rows.stream().map(row -> row.getOrDefault(name, 0.0)).toList();
  }
}
