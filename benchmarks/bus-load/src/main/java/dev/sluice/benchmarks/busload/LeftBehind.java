package dev.sluice.benchmarks.busload;

import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What a bus has of the process: platform threads, connections, memory (Linux). */
final class LeftBehind {

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
   * Platform threads that were not there before, without those that the JVM runs virtual ones and
   * timers on, which come and go as it likes.
   */
  List<String> newThreads() {
    Set<Thread> now = new HashSet<>(Thread.getAllStackTraces().keySet());
    now.removeAll(threads);
    return now.stream().map(Thread::getName).filter(LeftBehind::isNoneOfTheJvms).sorted().toList();
  }

  private static boolean isNoneOfTheJvms(String name) {
    return !name.startsWith("ForkJoinPool") && !name.startsWith("VirtualThread-");
  }

  /** Connections that were not there before. */
  long newSockets() throws IOException {
    return Math.max(0, openSockets() - sockets);
  }

  /**
   * Waits until nothing is left: threads are gone a moment after whoever waits for them is told.
   */
  void settle(Ledger ledger, Duration longest) throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    while (System.nanoTime() - end < 0
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
