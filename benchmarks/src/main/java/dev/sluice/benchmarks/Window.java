package dev.sluice.benchmarks;

import dev.sluice.benchmarks.servers.ProcessAccounting;
import dev.sluice.benchmarks.servers.ServerProcess;
import java.time.Duration;

/** A stretch of time and what was used in it, by the operating system's accounting. */
final class Window {

  private final ServerProcess server;
  private final long begin = System.nanoTime();
  private final Duration serverCpu;
  private final Duration ownBusy;
  private final Duration machineBusy;

  private Window(ServerProcess server) {
    this.server = server;
    this.serverCpu = server.cpu();
    this.ownBusy = ProcessAccounting.ownBusy();
    this.machineBusy = ProcessAccounting.machineBusy();
  }

  /** It begins now. */
  static Window of(ServerProcess server) {
    return new Window(server);
  }

  /** It ends now: rate, CPU and memory of the server, for so many messages. */
  Turn.Builder end(long messages) {
    return end(messages, (System.nanoTime() - begin) / 1e9);
  }

  /**
   * It ends now, and its messages took their own time.
   *
   * @param seconds how long
   */
  Turn.Builder end(long messages, double seconds) {
    Duration used = server.cpu().minus(serverCpu);
    Duration busy = ProcessAccounting.machineBusy().minus(machineBusy);
    Duration own = ProcessAccounting.ownBusy().minus(ownBusy);
    double whole =
        (System.nanoTime() - begin) * (double) Runtime.getRuntime().availableProcessors();
    return Turn.builder()
        .with(Column.RATE, messages / seconds)
        .with(Column.CPU, used.toNanos() / 1e3 / Math.max(1, messages))
        .with(Column.MEMORY, (double) server.residentMegabytes())
        .with(Column.THREADS, (double) server.threads())
        .with(Column.OTHERS, Math.max(0, 100 * busy.minus(own).toNanos() / whole));
  }
}
