package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process has that it can leak.
 *
 * @param threads of the platform, but for those that carry virtual ones, and wait for tests
 * @param counts sockets, direct buffers, and what else there is
 */
record Left(Set<Thread> threads, Map<String, Long> counts) {

  /** At this moment; on Linux. */
  static Left now(Map<String, Long> more) throws IOException {
    Map<String, Long> counts = new TreeMap<>(more);
    counts.put("sockets", openSockets());
    counts.put(
        "direct buffers",
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(each -> each.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getCount)
            .sum());
    return new Left(platformThreads(), counts);
  }

  /**
   * All but those that carry virtual threads or run timers, which come and go as the JVM likes, and
   * the one on which this is asked.
   */
  static Set<Thread> platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("ForkJoinPool"))
        .filter(thread -> !thread.getName().startsWith("awaitility"))
        .collect(Collectors.toSet());
  }

  private static long openSockets() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(Left::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** That nothing came since, but for what pools of the process may have grown by. */
  void assertNoMoreThan(Left before, Map<String, Long> pooled) {
    assertThat(threads).isSubsetOf(before.threads);
    assertThat(counts)
        .allSatisfy(
            (what, count) ->
                assertThat(count)
                    .as(what)
                    .isLessThanOrEqualTo(
                        before.counts.getOrDefault(what, 0L) + pooled.getOrDefault(what, 0L)));
  }

  @Override
  public String toString() {
    return threads.size() + " threads, " + counts;
  }
}
