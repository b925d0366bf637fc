package dev.sluice.eventbus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A broker that is killed, or does not answer. */
class TroubleTest {

  @AfterEach
  void thaw() {
    Broker.engine().thaw();
  }

  @Test
  void aBrokerIsRestartedInMidPublish(Ledger ledger) throws Exception {
    int keys = 20;
    String topic = Broker.topic("restart", 3);
    Map<String, Queue<Integer>> consumed = new ConcurrentHashMap<>();
    var answers = new AtomicInteger();
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    List<CompletableFuture<Published>> published = new ArrayList<>();
    try (Member member = Member.start(Member.options(topic, topic), ledger)) {
      member.consume(
          topic,
          (item, attempt) ->
              consumed
                  .computeIfAbsent(String.valueOf(item.key()), key -> new ConcurrentLinkedQueue<>())
                  .add(Integer.parseInt(Member.text(item.message()))));
      // when the broker is killed and comes back while messages are published
      var half = new CountDownLatch(1);
      Thread publisher =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 3000; i++) {
                      int number = i;
                      String key = "k" + i % keys;
                      var future = member.publish(topic, key, Integer.toString(i));
                      published.add(
                          future.whenComplete(
                              (place, failure) -> {
                                answers.incrementAndGet();
                                if (failure == null) {
                                  acknowledged.add(key + "=" + number);
                                }
                              }));
                      if (i == 1000) {
                        half.countDown();
                        // Some are under way, and more follow while it is away.
                        Broker.engine().kill().toCompletableFuture().join();
                      }
                    }
                  });
      half.await();
      publisher.join();
      Broker.engine().restart();
      CompletableFuture.allOf(published.toArray(CompletableFuture<?>[]::new))
          .handle((done, failure) -> null)
          .get(120, TimeUnit.SECONDS);
      // then each is answered once, and what is acknowledged is consumed, in order
      assertThat(answers).hasValue(3000);
      assertThat(acknowledged).hasSizeGreaterThan(1500);
      await().atMost(Member.PATIENCE).until(() -> seen(consumed).containsAll(acknowledged));
    }
    consumed.forEach(
        (key, numbers) -> assertThat(List.copyOf(new LinkedHashSet<>(numbers))).as(key).isSorted());
  }

  private static Stream<String> unfinished(CloseReport report) {
    return Stream.concat(
        report.unfinished().stream(), report.children().stream().flatMap(TroubleTest::unfinished));
  }

  private static Set<String> seen(Map<String, Queue<Integer>> consumed) {
    Set<String> seen = new TreeSet<>();
    consumed.forEach((key, numbers) -> numbers.forEach(number -> seen.add(key + "=" + number)));
    return seen;
  }

  @Test
  void aBrokerThatDoesNotAnswerDoesNotHoldUpTheClose(Ledger ledger) throws Exception {
    String topic = Broker.topic("frozen", 3);
    Broker.fill(topic, 100, 10);
    Set<Thread> before = clientThreads();
    Member member = Member.start(Member.options(topic, topic), ledger);
    var handled = new AtomicInteger();
    member.consume(topic, (item, attempt) -> handled.incrementAndGet());
    await().atMost(Member.PATIENCE).until(() -> handled.get() == 100);
    member.publish(topic, "k", "known").get(60, TimeUnit.SECONDS);
    // given messages that are published into the silence, and a reader that hangs in it
    Broker.engine().freeze();
    List<CompletableFuture<Published>> pending = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      pending.add(member.publish(topic, "k" + i, "lost?"));
    }
    var browsed = member.transport().browse(topic, null, 10).toCompletableFuture();
    // when
    List<CloseReport> reports = member.close(Duration.ofSeconds(6));
    // then it waited for no answer, everybody has one, and nothing is left
    assertThat(reports.stream().flatMap(TroubleTest::unfinished))
        .as("%s; Kafka's own may be late on a busy machine", reports)
        .allMatch("sender thread"::equals);
    for (CompletableFuture<Published> each : pending) {
      assertThat(category(each)).isEqualTo(Category.UNKNOWN_OUTCOME);
    }
    assertThat(browsed).failsWithin(Member.PATIENCE);
    await()
        .atMost(Member.PATIENCE)
        .untilAsserted(() -> assertThat(clientThreads()).isSubsetOf(before));
  }

  @Test
  void publishingIntoASilenceNeverBlocksAndEndsInTime(Ledger ledger) throws Exception {
    String topic = Broker.topic("silence", 1);
    var bus = Member.options(topic).bus().publishTimeout(Duration.ofSeconds(3));
    KafkaOptions options =
        KafkaOptions.of(bus, Broker.engine().bootstrapServers())
            .property("buffer.memory", Integer.toString(1 << 20));
    try (Member member = Member.start(options, ledger)) {
      member.publish(topic, "k", "known").get(60, TimeUnit.SECONDS);
      Broker.engine().freeze();
      // when more is published than the client's buffer has room for
      List<CompletableFuture<Published>> pending = new ArrayList<>();
      long start = System.nanoTime();
      for (int i = 0; i < 300; i++) {
        pending.add(
            member
                .transport()
                .publish(
                    topic,
                    OutboundMessage.of("k", new byte[10_000]),
                    Deadline.after(Duration.ofSeconds(3))));
      }
      // then what it had no room for was refused at once, and the rest has no known outcome; if
      // each of two hundred waited for room, it would be more
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
      CompletableFuture.allOf(pending.toArray(CompletableFuture<?>[]::new))
          .handle((done, failure) -> null)
          .get(Member.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      Broker.engine().thaw();
      List<Category> categories = pending.stream().map(TroubleTest::category).toList();
      assertThat(categories).contains(Category.OVERLOADED, Category.UNKNOWN_OUTCOME);
      assertThat(categories).containsOnly(Category.OVERLOADED, Category.UNKNOWN_OUTCOME);
    }
  }

  /**
   * Kafka's producer waits for its first connection for as long as a request may take, whatever it
   * is told meanwhile.
   */
  @Test
  void aCloseBeforeAnyBrokerAnsweredIsInTimeAndNamesWhatStillEnds(Ledger ledger) {
    Set<Thread> before = clientThreads();
    String topic = Broker.topic("never", 1);
    Broker.engine().freeze();
    KafkaOptions options =
        Member.options(topic, topic).newTopics(1, 1).property("request.timeout.ms", "8000");
    Member member = Member.start(options, ledger);
    CompletableFuture<Published> pending = member.publish(topic + "-new", "k", "v");
    await().atMost(Member.PATIENCE).until(() -> clientThreads().size() > before.size() + 1);
    CloseReport report = member.close(Duration.ofSeconds(4)).getLast();
    assertThat(report.took()).isLessThan(Duration.ofSeconds(8));
    assertThat(category(pending)).isEqualTo(Category.UNAVAILABLE);
    assertThat(report.describe()).doesNotContain("polling thread");
    if (!report.clean()) {
      assertThat(report.describe()).contains("sender thread");
    }
    await()
        .atMost(Member.PATIENCE)
        .untilAsserted(() -> assertThat(clientThreads()).isSubsetOf(before));
  }

  private static Category category(CompletableFuture<?> failed) {
    Throwable failure = failed.handle((done, thrown) -> thrown).join();
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return assertThat(cause)
        .asInstanceOf(InstanceOfAssertFactories.type(EventBusException.class))
        .actual()
        .category();
  }

  /** Kafka's own and ours, as far as they are platform threads. */
  static Set<Thread> clientThreads() {
    Predicate<Thread> isOne =
        thread -> thread.getName().contains("kafka") || thread.getName().contains("eventbus");
    Set<Thread> found = new java.util.HashSet<>(Thread.getAllStackTraces().keySet());
    found.removeIf(isOne.negate());
    return found;
  }
}
