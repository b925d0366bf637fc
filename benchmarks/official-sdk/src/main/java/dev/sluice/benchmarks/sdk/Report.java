package dev.sluice.benchmarks.sdk;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Tells the beginning and the end of a measurement. */
final class Report {

  private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);

  private final long begun = System.nanoTime();
  private final long cpu = cpuNanos();
  private final Histogram latencies = new ConcurrentHistogram(LONGEST, 3);

  private Report() {}

  /** Measuring begins now. */
  static Report begin() {
    System.out.println("BEGIN");
    return new Report();
  }

  void latency(long nanos) {
    latencies.recordValue(Math.clamp(nanos, 0, LONGEST));
  }

  /** Measuring has ended. */
  void end(long messages, long failed, long repeated, String firstFailure) {
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
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
