package dev.sluice.eventbus.rocketmq;

import static dev.sluice.eventbus.rocketmq.TransportFixture.await;
import static dev.sluice.eventbus.rocketmq.TransportFixture.awaitQueues;
import static dev.sluice.eventbus.rocketmq.TransportFixture.newTopic;
import static dev.sluice.eventbus.rocketmq.TransportFixture.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engines.RocketMQEngine;
import dev.sluice.engines.RocketMQVersion;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FakeClock;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.FreePort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers that are not there, do not answer, or are killed. */
class BrokenBrokerTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /**
   * By when a close of seconds is told on a machine whose timers are late; all else takes hours.
   */
  private static final Duration LATE = Duration.ofSeconds(60);

  @Test
  void aBrokerThatIsAwayFailsWhatIsPublishedByItsDeadlineAndNothingElse(Ledger ledger) {
    try (TransportFixture fixture =
        new TransportFixture("127.0.0.1:" + FreePort.ofLoopback(), ledger)) {
      Transport member = fixture.member(newTopic());
      CompletableFuture<Published> published =
          member.publish(
              newTopic(),
              OutboundMessage.of("a", new byte[1]),
              Deadline.after(Duration.ofSeconds(2)));

      assertThatThrownBy(published::join).hasMessageContaining("127.0.0.1");
      assertThat(member.health().up()).isFalse();
      assertThat(TransportFixture.close(member).clean()).isTrue();
    }
  }

  @Test
  void whatIsTriedAgainTooLateFailsWithWhatItWasRefusedFor(Ledger ledger) throws Exception {
    try (TransportFixture fixture =
        new TransportFixture("127.0.0.1:" + FreePort.ofLoopback(), ledger)) {
      String topic = newTopic();
      RocketMQTransport member = (RocketMQTransport) fixture.member(topic);
      FakeClock clock = FakeClock.create();
      BlockingQueue<Runnable> timer = new LinkedBlockingQueue<>();
      KeyedSends sends =
          new KeyedSends(
              member.running().producer(),
              List.of(),
              (task, delay) -> {
                timer.add(task);
                return () -> timer.remove(task);
              },
              new Reachability());
      CompletableFuture<Published> published =
          sends.send(
              Messages.outbound(topic, OutboundMessage.of("a", new byte[1])),
              Deadline.after(HOUR, clock));

      Runnable again = timer.poll(30, TimeUnit.SECONDS);
      clock.advance(HOUR);
      assertThat(again).isNotNull();
      again.run();

      assertThatThrownBy(published::join).hasMessageContaining("127.0.0.1");
    }
  }

  @Test
  void closingEndsByItsDeadlineWhileNothingAnswers(Ledger ledger) throws Exception {
    try (FaultyNetwork hole =
            FaultyNetwork.start(
                ledger,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.ofLoopback()));
        TransportFixture fixture = new TransportFixture("127.0.0.1:" + hole.port(), ledger)) {
      hole.stall();
      String topic = newTopic();
      Transport member = fixture.member(topic);
      List<CompletableFuture<Published>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        all.add(member.publish(topic, OutboundMessage.of("a", new byte[1]), Deadline.after(HOUR)));
      }
      Consumption consumption = Consumption.of(member, topic, ledger);
      await().until(() -> hole.accepted() > 0);

      assertThat(closed(member, Duration.ofSeconds(2)).took()).isLessThan(LATE);
      await().until(() -> all.stream().allMatch(CompletableFuture::isCompletedExceptionally));
      consumption.close();
    }
  }

  @Test
  void closingEndsByItsDeadlineWhenABrokerStopsAnsweringWithMuchUnderWay(
      @TempDir Path data, Ledger ledger) throws Exception {
    String topic = newTopic();
    try (RocketMQEngine engine =
            RocketMQEngine.in(data.resolve("broker")).quickStart().ledger(ledger).start();
        TransportFixture fixture = new TransportFixture(engine.nameServerAddress(), ledger)) {
      Transport member = fixture.member(topic);
      awaitQueues(member, topic, 4);
      Consumption consumption = Consumption.of(member, topic, ledger);
      publish(member, topic, "key", "known").get(30, TimeUnit.SECONDS);
      await().until(() -> consumption.count() == 1);
      signal("-STOP", engine.pid());
      try {
        // More than sockets hold.
        List<CompletableFuture<Published>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          OutboundMessage large = OutboundMessage.of("key-" + i % 50, new byte[500_000]);
          all.add(member.publish(topic, large, Deadline.after(HOUR)));
        }
        var browsed = member.browse(topic, null, 10).toCompletableFuture();

        assertThat(closed(member, Duration.ofSeconds(6)).took()).isLessThan(LATE);
        await().until(() -> all.stream().allMatch(CompletableFuture::isCompletedExceptionally));
        assertThat(categories(all)).contains(Category.UNKNOWN_OUTCOME);
        await().until(browsed::isCompletedExceptionally);
      } finally {
        signal("-CONT", engine.pid());
      }
      consumption.close();
    }
  }

  /** Closed, by nothing but the deadline: a caller who blocks would not wait for its timer. */
  private static CloseReport closed(Transport member, Duration time) throws Exception {
    return member
        .closeAsync(Deadline.after(time))
        .toCompletableFuture()
        .get(HOUR.toSeconds(), TimeUnit.SECONDS);
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", name, Long.toString(pid)).inheritIO().start().waitFor())
        .isZero();
  }

  @Test
  void whatIsAcknowledgedAcrossAKillArrivesInOrderAndEveryFutureCompletesOnce(
      @TempDir Path data, Ledger ledger) throws Exception {
    String topic = newTopic();
    int keys = 8;
    List<List<CompletableFuture<Published>>> sent = new ArrayList<>();
    AtomicInteger completions = new AtomicInteger();
    try (RocketMQEngine engine =
            RocketMQEngine.in(data.resolve("broker"))
                .version(RocketMQVersion.V5)
                .quickStart()
                .ledger(ledger)
                .start();
        TransportFixture fixture = new TransportFixture(engine.nameServerAddress(), ledger)) {
      Transport member = fixture.member(topic);
      awaitQueues(member, topic, 4);
      try (Consumption consumption = Consumption.of(member, topic, ledger)) {
        for (int key = 0; key < keys; key++) {
          sent.add(new ArrayList<>());
        }
        publishRounds(member, topic, sent, completions, 40);
        await().until(() -> consumption.count() >= 20);
        publishRounds(member, topic, sent, completions, 40);
        engine.kill().toCompletableFuture().join();
        publishRounds(member, topic, sent, completions, 20);
        engine.restart();
        publishRounds(member, topic, sent, completions, 20);

        List<CompletableFuture<Published>> all = sent.stream().flatMap(List::stream).toList();
        await().until(() -> all.stream().allMatch(CompletableFuture::isDone));
        assertThat(completions.get()).isEqualTo(all.size());
        for (int key = 0; key < keys; key++) {
          List<String> acknowledged = acknowledged(sent.get(key));
          assertThat(categories(sent.get(key))).isSubsetOf(Category.UNKNOWN_OUTCOME);
          assertThat(acknowledged).hasSizeGreaterThan(80);
          String name = "key-" + key;
          await()
              .untilAsserted(() -> assertThat(consumption.bodies(name)).containsAll(acknowledged));
          // What came again, or was stored without an answer, is passed over.
          Set<String> first = new LinkedHashSet<>(consumption.bodies(name));
          first.retainAll(new HashSet<>(acknowledged));
          assertThat(List.copyOf(first)).isEqualTo(acknowledged);
        }
      }
    }
  }

  private static void publishRounds(
      Transport member,
      String topic,
      List<List<CompletableFuture<Published>>> sent,
      AtomicInteger completions,
      int rounds) {
    for (int i = 0; i < rounds; i++) {
      for (int key = 0; key < sent.size(); key++) {
        List<CompletableFuture<Published>> ofKey = sent.get(key);
        CompletableFuture<Published> published =
            publish(member, topic, "key-" + key, Integer.toString(ofKey.size()));
        var unused = published.whenComplete((done, failure) -> completions.incrementAndGet());
        ofKey.add(published);
      }
    }
  }

  private static List<Category> categories(List<CompletableFuture<Published>> sent) {
    return sent.stream()
        .filter(CompletableFuture::isCompletedExceptionally)
        .map(failed -> ((EventBusException) failed.exceptionNow()).category())
        .toList();
  }

  private static List<String> acknowledged(List<CompletableFuture<Published>> sent) {
    List<String> numbers = new ArrayList<>();
    for (int number = 0; number < sent.size(); number++) {
      if (!sent.get(number).isCompletedExceptionally()) {
        numbers.add(Integer.toString(number));
      }
    }
    return numbers;
  }
}
