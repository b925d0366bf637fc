package dev.sluice.benchmarks.load;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Tells the beginning and the end of a measurement: {@code BEGIN} and {@code END name=value ...},
 * each a line of the standard output, so that whoever started this process can read the accounting
 * of others at both. {@code MEMORY name=value ...} follows, in MB: what is committed, of the heap
 * and beside it, and what lives, under the load that goes on. Latencies may come from any thread.
 */
public final class Report {

  private static final double MEGA = 1 << 20;
  private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);

  private final long begun = System.nanoTime();
  private final long cpu = cpuNanos();
  private final Histogram latencies = new ConcurrentHistogram(LONGEST, 3);

  private Report() {}

  /** Measuring begins now. */
  public static Report begin() {
    System.out.println("BEGIN");
    return new Report();
  }

  /** One message took so long. */
  public void latency(long nanos) {
    latencies.recordValue(Math.clamp(nanos, 0, LONGEST));
  }

  /**
   * Measuring has ended.
   *
   * @param messages that succeeded
   * @param repeated that came more than once
   * @param firstFailure what the first of the failed ones said; empty for none
   */
  public void end(long messages, long failed, long repeated, String firstFailure) {
    double seconds = (System.nanoTime() - begun) / 1e9;
    long own = cpuNanos() - cpu;
    System.out.printf(
        Locale.ROOT,
        "END messages=%d seconds=%.3f p50=%.3f p99=%.3f clientCpu=%.2f failed=%d repeated=%d"
            + " failure=%s%n",
        messages,
        seconds,
        latencies.getValueAtPercentile(50) / 1e6,
        latencies.getValueAtPercentile(99) / 1e6,
        own / 1e3 / Math.max(1, messages),
        failed,
        repeated,
        firstFailure.replaceAll("\\s+", " "));
    tellMemory();
  }

  @SuppressWarnings("ExplicitGC") // What lives is what a collection leaves.
  private static void tellMemory() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long heap = memory.getHeapMemoryUsage().getCommitted();
    long beside = memory.getNonHeapMemoryUsage().getCommitted();
    System.gc();
    System.out.printf(
        Locale.ROOT,
        "MEMORY heap=%.1f beside=%.1f live=%.1f%n",
        heap / MEGA,
        beside / MEGA,
        memory.getHeapMemoryUsage().getUsed() / MEGA);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
