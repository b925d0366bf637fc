package dev.sluice.eventbus.nats;

import static dev.sluice.eventbus.nats.TestBuses.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Members of one group, who come, go, and are not heard of any more. */
class MembersTest {
  private static final int KEYS = 40;

  @Test
  void membersShareATopicFairlyAndKeepTheOrderOfKeysWhileTheyComeAndGo(Ledger ledger)
      throws Exception {
    try (TestBuses buses =
        TestBuses.on(NatsServer.shared().url(), ledger)
            .partitions(6)
            .leaseTime(Duration.ofSeconds(10))) {
      // given
      ConcurrentLinkedQueue<InboundMessage> handled = new ConcurrentLinkedQueue<>();
      List<NatsTransport> members = new ArrayList<>();
      List<CompletableFuture<Published>> results = new ArrayList<>();
      // when
      for (int size = 1; size <= 3; size++) {
        NatsTransport member = buses.member("orders");
        member.attach(buses.topic("orders"), TestIntake.handing(handled::add));
        members.add(member);
        int fair = 6 / size;
        publish(buses, member, results, 200);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(members).allMatch(each -> each.partitions().size() == fair));
      }
      publish(buses, members.get(0), results, 200);
      awaitStored(results);
      assertThat(buses.closeDirty(members.remove(0), Duration.ofSeconds(20)).clean()).isTrue();
      publish(buses, members.get(0), results, 200);
      // then
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(members).allMatch(each -> each.partitions().size() == 3));
      awaitStored(results);
      awaitAll(handled, 1000);
      assertOrder(handled);
    }
  }

  @Test
  void whoIsNotHeardOfLosesItsPartitionsBeforeAnotherHasThemAndItsResultsCountNoMore(Ledger ledger)
      throws Exception {
    try (FaultyNetwork network =
            FaultyNetwork.start(
                ledger,
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), NatsServer.shared().port()));
        TestBuses buses =
            TestBuses.on(NatsServer.shared().url(), ledger)
                .partitions(1)
                .leaseTime(Duration.ofSeconds(12))) {
      // given
      NatsTransport zombie = buses.memberAt("nats://127.0.0.1:" + network.port(), "orders");
      TestIntake first = TestIntake.holding(5);
      zombie.attach(buses.topic("orders"), first);
      List<CompletableFuture<Published>> results = new ArrayList<>();
      await().atMost(PATIENCE).until(() -> zombie.partitions().size() == 1);
      NatsTransport heir = buses.member("orders");
      List<Boolean> alone = new ArrayList<>();
      TestIntake second = TestIntake.handing(message -> alone.add(first.open().isEmpty()));
      heir.attach(buses.topic("orders"), second);
      publish(buses, heir, results, 100);
      awaitStored(results);
      await().atMost(PATIENCE).until(() -> first.taken().size() == 5);
      TestIntake.TestFlow flow = first.open().get(0);
      flow.resolve(flow.held().get(0));
      await().atMost(PATIENCE).until(() -> first.taken().size() == 6);
      // when
      network.stall();
      // then
      await().atMost(PATIENCE).until(() -> second.taken().size() >= 99);
      assertThat(flow.isRevoked()).isTrue();
      assertThat(alone).doesNotContain(false);
      assertOrder(second.taken());
      // when: what was held is handled after all, and the network is back
      flow.held().forEach(flow::resolve);
      network.pass();
      await().atMost(PATIENCE).until(() -> zombie.health().up());
      publish(buses, heir, results, 20);
      // then
      ConcurrentLinkedQueue<InboundMessage> all = new ConcurrentLinkedQueue<>(first.taken());
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                first.resolveAll();
                all.clear();
                all.addAll(first.taken());
                all.addAll(second.taken());
                return all.stream().map(InboundMessage::offset).distinct().count() == 120;
              });
      assertOrder(second.taken());
    }
  }

  private static void publish(
      TestBuses buses, NatsTransport by, List<CompletableFuture<Published>> results, int count) {
    for (int i = 0; i < count; i++) {
      int number = results.size();
      results.add(buses.publish(by, "orders", "k" + number % KEYS, "" + number));
    }
  }

  private static void awaitStored(List<CompletableFuture<Published>> results) throws Exception {
    CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void awaitAll(ConcurrentLinkedQueue<InboundMessage> handled, int count) {
    await()
        .atMost(PATIENCE)
        .until(() -> handled.stream().map(TestBuses::body).distinct().count() == count);
  }

  /** What comes for the first time comes in order within its key. */
  private static void assertOrder(Iterable<InboundMessage> handled) {
    Map<String, Integer> last = new HashMap<>();
    List<String> overtaken = new ArrayList<>();
    for (InboundMessage message : handled) {
      int number = Integer.parseInt(new String(message.body(), StandardCharsets.UTF_8));
      Integer before = last.get(message.key());
      if (before != null && number > before + KEYS) {
        overtaken.add(message.key() + ": " + number + " after " + before);
      }
      last.merge(String.valueOf(message.key()), number, Math::max);
    }
    assertThat(overtaken).isEmpty();
  }
}
