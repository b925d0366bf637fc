package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.ClusterFixture;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerConnections;
import dev.sluice.rocketmq.producer.ProducerOptions;
import dev.sluice.rocketmq.remoting.FutureReply;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That consumers and producers which come and go leave nothing, here and at the broker. */
class ClientCyclesTest {
  private static final int LINES = 4;
  private static final int WARM = 15;
  private static final int CYCLES = 250;

  /** What may be on its way to the collector, or is made once and late. */
  private static final int FEW = 40;

  private static final Pattern ROW =
      Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(dev\\.sluice\\.\\S+).*");

  private ClusterFixture cluster;
  private final List<Line> lines = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @BeforeEach
  void connect(Ledger ledger) {
    cluster = new ClusterFixture(RocketMQVersion.V5, ledger);
    for (int i = 0; i < LINES; i++) {
      lines.add(new Line(cluster.newTopic(1), TopicNames.unique("cycles")));
    }
  }

  @AfterEach
  void disconnect() {
    threads.shutdownNow();
    cluster.close();
  }

  /** Cycles that follow each other, in a group of producers and one of consumers. */
  private final class Line {
    private final String topic;
    private final String group;
    private final Map<String, CompletableFuture<Void>> awaited = new ConcurrentHashMap<>();

    Line(String topic, String group) {
      this.topic = topic;
      this.group = group;
    }

    void run(int first, int end) throws Exception {
      for (int i = first; i < end; i++) {
        cycle("cycle-" + i);
      }
    }

    private void cycle(String name) throws Exception {
      ClientOptions client = cluster.client().instanceName(group + name).build();
      CompletableFuture<Void> came = new CompletableFuture<>();
      awaited.put(name, came);
      Producer producer =
          cluster.unowned(
              ProducerOptions.builder(client, group).sendTimeout(Duration.ofSeconds(30)).build());
      PushConsumer consumer =
          new DefaultPushConsumer(
              PushConsumerOptions.builder(client, group)
                  .subscribe(topic)
                  .startFrom(StartFrom.first())
                  .handler(
                      message -> {
                        CompletableFuture<Void> mine =
                            awaited.remove(ConsumerFixture.body(message));
                        if (mine != null) {
                          mine.complete(null);
                        }
                        return ConsumeResult.success();
                      })
                  .build(),
              cluster.runtimes);
      producer.start();
      consumer.start();
      producer.send(Message.builder(topic, name).build());
      came.get(ClusterFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      clean(consumer.close(Deadline.after(Duration.ofSeconds(30))));
      clean(producer.close(Duration.ofSeconds(30)));
    }
  }

  private static void clean(CloseReport report) {
    assertThat(report.clean()).as(report.describe()).isTrue();
  }

  private void all(int first, int end) throws Exception {
    List<Future<?>> running = new ArrayList<>();
    for (Line line : lines) {
      running.add(
          threads.submit(
              () -> {
                line.run(first, end);
                return null;
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
  }

  @Test
  void aThousandCreateUseCloseCyclesLeaveNothing(Ledger ledger) throws Exception {
    long connections = ledger.open("connection");
    all(0, WARM);
    List<String> threadsBefore = threadNames();
    long descriptorsBefore = descriptors();
    Map<String, Long> heapBefore = heap();

    all(WARM, CYCLES);

    for (String kind : List.of("producer", "consumer task", "handler", "send")) {
      assertThat(ledger.open(kind)).as(kind).isZero();
    }
    Awaitility.await().until(() -> ledger.open("connection") <= connections);
    Awaitility.await()
        .untilAsserted(() -> assertThat(moreThan(threadsBefore)).as("more threads").isEmpty());
    Awaitility.await().until(() -> descriptors() <= descriptorsBefore + 5);
    Map<String, Long> heap = heap();
    heap.replaceAll((name, count) -> count - heapBefore.getOrDefault(name, 0L));
    heap.values().removeIf(more -> more <= FEW);
    assertThat(heap).as("instances more than before, by class").isEmpty();
    for (Line line : lines) {
      assertThatThrownBy(
              () ->
                  ProducerConnections.of(
                      cluster, cluster.route(line.topic).writable(0).broker(), line.group))
          .hasMessageContaining("not exist");
      assertThat(
              FutureReply.<List<String>>await(
                  reply ->
                      cluster
                          .remoting()
                          .consuming()
                          .memberIds(
                              cluster.route(line.topic).readable(0).broker(), line.group, reply)))
          .isEmpty();
    }
  }

  /** Without who waits here, and without those that carry virtual threads or run timers. */
  private static List<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.equals("awaitility-thread") && !name.startsWith("ForkJoinPool"))
        .toList();
  }

  private static List<String> moreThan(List<String> before) {
    List<String> more = new ArrayList<>(threadNames());
    before.forEach(more::remove);
    return more;
  }

  private static long descriptors() throws Exception {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(open)) {
      return all.count();
    }
  }

  /** How many instances of each of the library's classes a collection leaves. */
  private static Map<String, Long> heap() throws Exception {
    String table =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    Map<String, Long> counts = new ConcurrentHashMap<>();
    table
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .forEach(row -> counts.merge(row.group(2), Long.parseLong(row.group(1)), Long::sum));
    assertThat(counts).isNotEmpty();
    return counts;
  }
}
