package dev.sluice.benchmarks.busload;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One turn: drains a topic with short sleeps until it is warm, then drains the measured one. Tells
 * {@code BEGIN} and {@code END name=value ...}, each a line of the standard output.
 */
@Command(name = "keyed-load", mixinStandardHelpOptions = true, description = "Drains a topic.")
public final class KeyedLoad implements Callable<Integer> {

  private static final int PATIENCE_SECONDS = 300;
  private static final int WARM_KEYS = 1000;
  private static final int WARM_MICROS = 200;

  private final Drain drain;

  @Option(names = "--servers", description = "host:port of Kafka.")
  private String servers = "";

  @Option(names = "--topic", description = "That is measured, filled with the plan's messages.")
  private String topic = "";

  @Option(names = "--warm-topic", description = "As many messages of a thousand keys.")
  private String warmTopic = "";

  @Option(names = "--group", description = "That no one has used.")
  private String group = "load";

  @Option(names = "--count", required = true, description = "Messages of each topic.")
  private int count;

  @Option(names = "--keys", required = true, description = "Of the plan; 0 for unordered.")
  private int keys;

  @Option(names = "--longest", description = "Microseconds of sleep, default ${DEFAULT-VALUE}.")
  private int longestMicros = 5000;

  @Option(names = "--concurrency", description = "Handlers at a time, default ${DEFAULT-VALUE}.")
  private int concurrency = 100;

  @Option(names = "--warm-up", description = "Seconds, default ${DEFAULT-VALUE}.")
  private int warmUp = 3;

  private KeyedLoad(Drain drain) {
    this.drain = drain;
  }

  /**
   * What is to be drained.
   *
   * @param servers of Kafka
   * @param topic of one partition
   * @param group that begins with its first message
   * @param concurrency handlers at a time
   * @param plan what is in the topic
   * @param timed whether the clock must not start before the topic is this member's
   */
  public record Work(
      String servers, String topic, String group, int concurrency, SleepPlan plan, boolean timed) {}

  /** Whoever is measured. */
  @FunctionalInterface
  public interface Drain {
    /**
     * Starts to consume, in the background.
     *
     * @param handler told to begin when the topic is this member's, and then given its messages
     */
    AutoCloseable start(Work work, SleepingHandler handler) throws Exception;
  }

  /** Runs it; ends the process. */
  public static void run(Drain drain, String[] arguments) {
    System.exit(new CommandLine(new KeyedLoad(drain)).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    long end = System.nanoTime() + warmUp * 1_000_000_000L;
    int turn = 0;
    do {
      var plan = SleepPlan.of(count, WARM_KEYS, WARM_MICROS);
      drain(new Work(servers, warmTopic, group + "-warm-" + turn++, concurrency, plan, false));
    } while (System.nanoTime() < end);
    collect();

    System.out.println("BEGIN");
    long cpu = cpuNanos();
    var plan = SleepPlan.of(count, keys, longestMicros);
    SleepingHandler handler = drain(new Work(servers, topic, group, concurrency, plan, true));
    System.out.printf(
        Locale.ROOT,
        "END seconds=%.4f first=%.2f cpu=%.2f missing=%d repeated=%d violations=%d warm=%d%n",
        handler.seconds(),
        handler.firstMillis(),
        (cpuNanos() - cpu) / 1e3 / count,
        handler.missing(),
        handler.repeated(),
        handler.violations(),
        turn);
    return 0;
  }

  private SleepingHandler drain(Work work) throws Exception {
    var handler = new SleepingHandler(work.plan());
    try (AutoCloseable _ = drain.start(work, handler)) {
      if (!handler.await(PATIENCE_SECONDS)) {
        System.err.println(handler.missing() + " have not come in " + PATIENCE_SECONDS + " s");
      }
    }
    return handler;
  }

  @SuppressWarnings("ExplicitGC") // What the warm-up left is not the turn's.
  private static void collect() {
    System.gc();
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
