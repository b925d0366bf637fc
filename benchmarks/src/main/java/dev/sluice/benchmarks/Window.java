package dev.sluice.benchmarks;

import dev.sluice.benchmarks.machine.ProcessAccounting;
import java.time.Duration;
import java.util.OptionalLong;

/** A stretch of time and what was used in it, by the operating system's accounting. */
final class Window {

  private final long pid;
  private final OptionalLong broker;
  private final long begin = System.nanoTime();
  private final Duration cpu;
  private final Duration brokerCpu;
  private final Duration ownBusy;
  private final Duration machineBusy;

  private Window(long pid, OptionalLong broker) {
    this.pid = pid;
    this.broker = broker;
    this.cpu = ProcessAccounting.cpu(pid);
    this.brokerCpu = cpu(broker);
    this.ownBusy = ProcessAccounting.ownBusy();
    this.machineBusy = ProcessAccounting.machineBusy();
  }

  /**
   * It begins now.
   *
   * @param pid the process that is measured
   */
  static Window of(long pid) {
    return of(pid, OptionalLong.empty());
  }

  /** It begins now; the broker's process is looked at too. */
  static Window of(long pid, OptionalLong broker) {
    return new Window(pid, broker);
  }

  private static Duration cpu(OptionalLong process) {
    return process.isEmpty() ? Duration.ZERO : ProcessAccounting.cpu(process.getAsLong());
  }

  /** It ends now: rate, CPU and memory of the process, for so many messages. */
  Turn.Builder end(long messages) {
    return end(messages, (System.nanoTime() - begin) / 1e9);
  }

  /**
   * It ends now, and its messages took their own time.
   *
   * @param seconds how long
   */
  Turn.Builder end(long messages, double seconds) {
    Duration used = ProcessAccounting.cpu(pid).minus(cpu);
    Duration brokerUsed = cpu(broker).minus(brokerCpu);
    Duration busy = ProcessAccounting.machineBusy().minus(machineBusy);
    Duration own = ProcessAccounting.ownBusy().minus(ownBusy);
    double whole =
        (System.nanoTime() - begin) * (double) Runtime.getRuntime().availableProcessors();
    return Turn.builder()
        .with(Column.RATE, messages / seconds)
        .with(Column.CPU, perMessage(used, messages))
        .with(Column.BROKER_CPU, broker.isEmpty() ? Double.NaN : perMessage(brokerUsed, messages))
        .with(Column.MEMORY, (double) ProcessAccounting.residentMegabytes(pid))
        .with(Column.THREADS, (double) ProcessAccounting.threads(pid))
        .with(Column.OTHERS, Math.max(0, 100 * busy.minus(own).toNanos() / whole));
  }

  private static double perMessage(Duration used, long messages) {
    return used.toNanos() / 1e3 / Math.max(1, messages);
  }
}
