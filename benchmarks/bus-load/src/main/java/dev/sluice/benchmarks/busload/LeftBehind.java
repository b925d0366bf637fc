package dev.sluice.benchmarks.busload;

import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What a bus has of the process: platform threads, connections, memory (Linux). */
final class LeftBehind {

  /** Threads are gone a moment after whoever waits for their work is told. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final long LOOK_NANOS = 5_000_000;

  private final Set<Thread> threads;
  private final long sockets;

  private LeftBehind(Set<Thread> threads, long sockets) {
    this.threads = threads;
    this.sockets = sockets;
  }

  /** What is there before the bus is. */
  static LeftBehind before() throws IOException {
    return new LeftBehind(Thread.getAllStackTraces().keySet(), openSockets());
  }

  /**
   * Platform threads that were not there before, without those that the JVM runs virtual ones on.
   */
  List<String> newThreads() {
    Set<Thread> now = new HashSet<>(Thread.getAllStackTraces().keySet());
    now.removeAll(threads);
    return now.stream().map(Thread::getName).filter(LeftBehind::isNoCarrier).sorted().toList();
  }

  private static boolean isNoCarrier(String name) {
    return !name.startsWith("ForkJoinPool-1-worker-") && !name.startsWith("VirtualThread-");
  }

  /** Connections that were not there before. */
  long newSockets() throws IOException {
    return Math.max(0, openSockets() - sockets);
  }

  /** Waits until nothing is left, a moment at most. */
  void settle(Ledger ledger) throws IOException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < end
        && !(newThreads().isEmpty() && newSockets() == 0 && ledger.isEmpty())) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static long openSockets() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(LeftBehind::isSocket).count();
    }
  }

  private static boolean isSocket(Path open) {
    try {
      return Files.readSymbolicLink(open).toString().startsWith("socket");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** What a collection leaves of the heap, in MB. */
  @SuppressWarnings("ExplicitGC") // What lives is what a collection leaves.
  static double liveMegabytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1048576.0;
  }

  /** Resident memory of this process, in MB. */
  static double residentMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow()
        / 1024.0;
  }
}
