package dev.sluice.eventbus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Requirement B10: 5 topics of 3 partitions; made, subscribed, used and closed, again and again.
 */
class LeakTest {
  private static final int CYCLES = Integer.getInteger("sluice.cycles", 4);
  private static final int MESSAGES = 1000;

  @Test
  @EnabledOnOs(OS.LINUX) // open sockets are counted in /proc
  void nothingIsLeftOfAnyCycle(Ledger ledger) throws Exception {
    List<String> topics = IntStream.range(0, 5).mapToObj(i -> Broker.topic("leak" + i, 3)).toList();
    cycle(topics, ledger); // what is made once, and stays
    Left before = Left.now();
    for (int i = 0; i < CYCLES; i++) {
      cycle(topics, ledger);
    }
    await()
        .atMost(Member.PATIENCE)
        .untilAsserted(
            () -> {
              Left after = Left.now();
              assertThat(after.threads()).isSubsetOf(before.threads());
              assertThat(after.sockets()).isLessThanOrEqualTo(before.sockets());
              assertThat(after.beans()).isSubsetOf(before.beans());
              assertThat(after.directBuffers()).isLessThanOrEqualTo(before.directBuffers());
            });
    assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
  }

  private static void cycle(List<String> topics, Ledger ledger) throws Exception {
    Member member =
        Member.start(Member.options(topics.getFirst(), topics.toArray(String[]::new)), ledger);
    var handled = new AtomicInteger();
    for (String topic : topics) {
      member.consume(topic, (item, attempt) -> handled.incrementAndGet());
    }
    List<CompletableFuture<Published>> published = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      published.add(member.publish(topics.get(i % 5), "k" + i % 100, "message " + i));
    }
    CompletableFuture.allOf(published.toArray(CompletableFuture<?>[]::new))
        .get(Member.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await().atMost(Member.PATIENCE).until(() -> handled.get() >= MESSAGES);
    assertThat(handled).hasValue(MESSAGES);
    for (CloseReport report : member.close(Duration.ofSeconds(60))) {
      assertThat(report.clean()).as(report.describe()).isTrue();
    }
  }

  /** What a process has that it can leak. */
  private record Left(Set<Thread> threads, long sockets, Set<String> beans, long directBuffers) {

    static Left now() throws Exception {
      Set<String> beans = new TreeSet<>();
      for (ObjectName name :
          ManagementFactory.getPlatformMBeanServer()
              .queryNames(new ObjectName("kafka.*:*"), null)) {
        beans.add(name.toString());
      }
      long buffers =
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .filter(each -> each.getName().equals("direct"))
              .mapToLong(BufferPoolMXBean::getCount)
              .sum();
      return new Left(TroubleTest.clientThreads(), openSockets(), beans, buffers);
    }

    private static long openSockets() throws Exception {
      try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
        return open.filter(
                each -> {
                  try {
                    return Files.readSymbolicLink(each).toString().startsWith("socket");
                  } catch (java.io.IOException e) {
                    return false; // closed meanwhile
                  }
                })
            .count();
      }
    }
  }
}
