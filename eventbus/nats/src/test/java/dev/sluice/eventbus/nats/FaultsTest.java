package dev.sluice.eventbus.nats;

import static dev.sluice.eventbus.nats.TestBuses.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of messages when servers, networks and members fail. */
class FaultsTest {
  private static final int KEYS = 7;

  @TempDir private Path directory;

  @Test
  void aServerThatIsKilledWhileMessagesArePublishedHasEachOnceAndInOrder(Ledger ledger)
      throws Exception {
    try (NatsEngine engine = NatsEngine.start(NatsEngineOptions.in(directory));
        TestBuses buses = TestBuses.on(engine.url(), ledger).leaseTime(Duration.ofMinutes(1))) {
      // given
      NatsTransport bus = buses.member("orders");
      TestIntake intake = TestIntake.resolving();
      bus.attach(buses.topic("orders"), intake);
      List<CompletableFuture<Published>> results = new ArrayList<>();
      // when
      for (int i = 0; i < 3000; i++) {
        results.add(buses.publish(bus, "orders", "k" + i % KEYS, "" + i));
        if (i == 1000 || i == 2000) {
          results.get(i - 500).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          engine.kill().toCompletableFuture().get();
          engine.restart();
        }
      }
      // then
      await().atMost(PATIENCE).until(() -> results.stream().allMatch(CompletableFuture::isDone));
      List<String> stored = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        CompletableFuture<Published> result = results.get(i);
        if (!result.isCompletedExceptionally()) {
          stored.add("" + i);
        }
      }
      assertThat(stored).hasSizeGreaterThan(2000);
      await().atMost(PATIENCE).until(() -> intake.bodies().containsAll(new HashSet<>(stored)));
      assertThat(intake.bodies()).doesNotHaveDuplicates();
      assertOrderOfKeys(intake.bodies());
    }
  }

  @Test
  void whatAHandlerHoldsLongerThanTheServerWaitsIsNotHandedOutAgain(Ledger ledger)
      throws Exception {
    Duration ackWait = Duration.ofSeconds(6);
    try (TestBuses buses =
        TestBuses.on(NatsServer.shared().url(), ledger).partitions(1).ackWait(ackWait)) {
      // given
      NatsTransport bus = buses.member("orders");
      TestIntake intake = TestIntake.holding(5);
      bus.attach(buses.topic("orders"), intake);
      // when
      for (int i = 0; i < 10; i++) {
        buses.publish(bus, "orders", "k", "" + i).get();
      }
      // then: five are with the handler, and five have come and wait for it
      await().atMost(PATIENCE).until(() -> intake.taken().size() == 5);
      NatsNames names = buses.names();
      ServerView server = new ServerView(names, NatsServer.shared().url());
      Part part = new Part(buses.topic("orders"), 0);
      await().atMost(PATIENCE).until(() -> server.consumer(part, 1).getNumAckPending() == 10);
      await()
          .atMost(PATIENCE)
          .during(ackWait.plusSeconds(2))
          .until(() -> server.consumer(part, 1).getRedelivered() == 0);
      // when
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                intake.resolveAll();
                return server.consumer(part, 1).getNumAckPending() == 0;
              });
      // then
      assertThat(intake.bodies()).isEqualTo(IntStream.range(0, 10).mapToObj(i -> "" + i).toList());
      assertThat(server.consumer(part, 1).getAckFloor().getStreamSequence()).isEqualTo(10);
      assertThat(server.consumer(part, 1).getDelivered().getConsumerSequence()).isEqualTo(10);
    }
  }

  @Test
  void aConnectionThatIsLostCostsNothingThatIsUnderWay(Ledger ledger) throws Exception {
    try (FaultyNetwork network = network(ledger);
        TestBuses buses = TestBuses.on(url(network), ledger).partitions(1)) {
      // given
      NatsTransport bus = buses.member("orders");
      TestIntake intake = TestIntake.holding(20);
      bus.attach(buses.topic("orders"), intake);
      for (int i = 0; i < 50; i++) {
        buses.publish(bus, "orders", "k", "" + i).get();
      }
      await().atMost(PATIENCE).until(() -> intake.taken().size() == 20);
      TestIntake.TestFlow flow = intake.open().get(0);
      flow.held().subList(5, 10).forEach(flow::resolve);
      // when
      network.cut();
      flow.held().subList(0, 5).forEach(flow::resolve);
      List<CompletableFuture<Published>> more = new ArrayList<>();
      for (int i = 50; i < 60; i++) {
        more.add(buses.publish(bus, "orders", "k", "" + i));
      }
      // then
      CompletableFuture.allOf(more.toArray(CompletableFuture<?>[]::new))
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                intake.resolveAll();
                return intake.taken().size() == 60;
              });
      assertThat(intake.bodies()).isEqualTo(IntStream.range(0, 60).mapToObj(i -> "" + i).toList());
      assertThat(intake.flows()).containsExactly(flow);
      intake.resolveAll();
      ServerView server = new ServerView(buses.names(), NatsServer.shared().url());
      Part part = new Part(buses.topic("orders"), 0);
      await().atMost(PATIENCE).until(() -> server.floor(part) == 60);
    }
  }

  @Test
  void aMessageWhoseAnswerIsLostIsThereOnce(Ledger ledger) throws Exception {
    try (FaultyNetwork network = network(ledger);
        TestBuses buses = TestBuses.on(url(network), ledger).partitions(1)) {
      NatsTransport bus = buses.member();
      buses.publish(bus, "orders", "k", "first").get();
      network.cutAfterToClient(5);
      long offset = publish(bus, buses, "second", PATIENCE).get().offset();
      assertThat(offset).isEqualTo(2);
      assertThat(buses.publish(bus, "orders", "k", "third").get().offset()).isEqualTo(3);
    }
  }

  @Test
  void whoseOutcomeIsNotKnownIsToldSoAndWhatWasNotSentIsNotSentLater(Ledger ledger)
      throws Exception {
    try (FaultyNetwork network = network(ledger);
        TestBuses buses = TestBuses.on(url(network), ledger).partitions(1)) {
      // given
      NatsTransport bus = buses.member("orders");
      buses.publish(bus, "orders", "k", "first").get();
      // when
      network.stall();
      CompletableFuture<Published> lost = publish(bus, buses, "lost", Duration.ofSeconds(4));
      // then
      assertCategory(lost, Category.UNKNOWN_OUTCOME);
      // when
      network.cut();
      network.refuse();
      await().atMost(PATIENCE).until(() -> !bus.health().up());
      CompletableFuture<Published> unsent = publish(bus, buses, "unsent", Duration.ofSeconds(1));
      // then
      assertCategory(unsent, Category.UNAVAILABLE);
      // when
      network.pass();
      buses.publish(bus, "orders", "k", "last").get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      TestIntake intake = TestIntake.resolving();
      bus.attach(buses.topic("orders"), intake);
      // then
      await().atMost(PATIENCE).until(() -> intake.bodies().contains("last"));
      assertThat(intake.bodies()).containsExactly("first", "last");
    }
  }

  @Test
  void closingReturnsInTimeThoughTheServerDoesNotAnswer(Ledger ledger) throws Exception {
    try (FaultyNetwork network = network(ledger);
        TestBuses buses = TestBuses.on(url(network), ledger)) {
      // given
      NatsTransport bus = buses.member("orders");
      TestIntake intake = TestIntake.holding(100);
      bus.attach(buses.topic("orders"), intake);
      buses.publish(bus, "orders", "k", "first").get();
      await().atMost(PATIENCE).until(() -> intake.taken().size() == 1);
      network.stall();
      List<CompletableFuture<Published>> results = new ArrayList<>();
      byte[] large = new byte[500_000];
      for (int i = 0; i < 40; i++) {
        results.add(
            bus.publish(
                buses.topic("orders"), OutboundMessage.of(large), Deadline.after(PATIENCE)));
      }
      // when
      CloseReport report = buses.closeDirty(bus, Duration.ofSeconds(16));
      // then
      assertThat(report.unfinished()).doesNotContain("disconnect", "end threads");
      assertThat(report.failures()).isEmpty();
      assertThat(intake.open()).isEmpty();
      results.forEach(result -> assertCategory(result, Category.UNKNOWN_OUTCOME));
      // Those that the client has are told of before they have quite ended.
      await().atMost(PATIENCE).until(() -> TestThreads.ofTransports().isEmpty());
    }
  }

  private static FaultyNetwork network(Ledger ledger) throws Exception {
    return FaultyNetwork.start(
        ledger,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), NatsServer.shared().port()));
  }

  private static String url(FaultyNetwork network) {
    return "nats://127.0.0.1:" + network.port();
  }

  private static CompletableFuture<Published> publish(
      NatsTransport bus, TestBuses buses, String body, Duration time) {
    return bus.publish(
        buses.topic("orders"),
        OutboundMessage.of("k", body.getBytes(StandardCharsets.UTF_8)),
        Deadline.after(time));
  }

  private static void assertCategory(CompletableFuture<Published> result, Category category) {
    await().atMost(PATIENCE).until(result::isDone);
    assertThatThrownBy(result::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            EventBusException.class, e -> assertThat(e.category()).isEqualTo(category));
  }

  private static void assertOrderOfKeys(List<String> bodies) {
    for (int key = 0; key < KEYS; key++) {
      int of = key;
      assertThat(bodies.stream().map(Integer::parseInt).filter(i -> i % KEYS == of).toList())
          .isSorted();
    }
  }
}
