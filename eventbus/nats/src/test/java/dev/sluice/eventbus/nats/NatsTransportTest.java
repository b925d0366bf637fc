package dev.sluice.eventbus.nats;

import static dev.sluice.eventbus.nats.TestBuses.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NatsTransportTest {
  private TestBuses buses;

  @BeforeEach
  void on(Ledger ledger) {
    buses = TestBuses.on(NatsServer.shared().url(), ledger);
  }

  @AfterEach
  void close() {
    buses.close();
  }

  @Test
  void handsOutWhatIsPublishedWithKeyBodyAndHeadersAndInOrder() throws Exception {
    // given
    NatsTransport bus = buses.member("orders");
    TestIntake intake = TestIntake.resolving();
    bus.attach(buses.topic("orders"), intake);
    Map<String, String> headers =
        Map.of(
            "plain",
            "value",
            "text",
            "50 % für \u20ac \ud83d\ude00 ",
            "Nats-Rollup",
            "all",
            "e",
            "");
    byte[] body = {0, 1, -1, '\r', '\n'};
    // when
    CompletableFuture<Published> first =
        bus.publish(
            buses.topic("orders"),
            new OutboundMessage("key/1", body, headers),
            Deadline.after(PATIENCE));
    CompletableFuture<Published> keyless =
        bus.publish(buses.topic("orders"), OutboundMessage.of(body), Deadline.after(PATIENCE));
    List<CompletableFuture<Published>> more = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      more.add(buses.publish(bus, "orders", "k" + i % 10, "" + i));
    }
    // then
    CompletableFuture.allOf(more.toArray(CompletableFuture<?>[]::new)).get();
    await().atMost(PATIENCE).until(() -> intake.taken().size() >= 1002);
    InboundMessage came =
        intake.taken().stream()
            .filter(message -> "key/1".equals(message.key()))
            .findFirst()
            .orElseThrow();
    assertThat(came.body()).isEqualTo(body);
    assertThat(came.headers()).isEqualTo(headers);
    assertThat(came.topic()).isEqualTo(buses.topic("orders"));
    assertThat(came.partition()).isEqualTo(first.get().partition());
    assertThat(came.offset()).isEqualTo(first.get().offset());
    assertThat(intake.taken()).filteredOn(message -> message.key() == null).hasSize(1);
    assertThat(keyless.get().topic()).isEqualTo(buses.topic("orders"));
    for (int key = 0; key < 10; key++) {
      String name = "k" + key;
      int first10 = key;
      assertThat(intake.taken())
          .filteredOn(message -> name.equals(message.key()))
          .extracting(message -> new String(message.body(), StandardCharsets.UTF_8))
          .isEqualTo(IntStream.range(0, 100).mapToObj(i -> "" + (i * 10 + first10)).toList());
    }
    assertThat(bus.health().up()).isTrue();
  }

  @Test
  void asksForNoMoreThanTheFlowHasRoomFor() {
    // given
    NatsTransport bus = buses.partitions(1).member("orders");
    TestIntake intake = TestIntake.holding(3);
    bus.attach(buses.topic("orders"), intake);
    for (int i = 0; i < 40; i++) {
      var unused = buses.publish(bus, "orders", "k", "" + i);
    }
    // when
    await().atMost(PATIENCE).until(() -> intake.taken().size() == 3);
    intake.open().get(0).resolve(intake.open().get(0).held().get(0));
    // then
    await().atMost(PATIENCE).until(() -> intake.taken().size() == 4);
    // when
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              intake.resolveAll();
              return intake.taken().size() == 40;
            });
    // then
    assertThat(intake.bodies()).isEqualTo(IntStream.range(0, 40).mapToObj(i -> "" + i).toList());
  }

  @Test
  void aTopicWithoutAHandlerIsHeldAndHandedOutWhenThereIsOneWithoutARebalance() throws Exception {
    // given
    NatsTransport bus = buses.member("orders", "bills");
    TestIntake orders = TestIntake.resolving();
    bus.attach(buses.topic("orders"), orders);
    for (int i = 0; i < 20; i++) {
      buses.publish(bus, "bills", "k", "" + i).get();
    }
    buses.publish(bus, "orders", "k", "before").get();
    await().atMost(PATIENCE).until(() -> orders.taken().size() == 1);
    await().atMost(PATIENCE).until(() -> bus.partitions().size() == 8);
    assertThat(bus.partitions())
        .filteredOn(each -> each.topic().equals(buses.topic("bills")))
        .hasSize(4)
        .allMatch(each -> each.held());
    long rebalances = bus.health().rebalances();
    List<TestIntake.TestFlow> flows = orders.open();
    // when
    TestIntake bills = TestIntake.resolving();
    bus.attach(buses.topic("bills"), bills);
    buses.publish(bus, "orders", "k", "after").get();
    // then
    await().atMost(PATIENCE).until(() -> bills.taken().size() == 20);
    await().atMost(PATIENCE).until(() -> orders.taken().size() == 2);
    assertThat(bills.bodies()).isEqualTo(IntStream.range(0, 20).mapToObj(i -> "" + i).toList());
    assertThat(bus.health().rebalances()).isEqualTo(rebalances);
    assertThat(orders.open()).isEqualTo(flows);
  }

  @Test
  void detachingHandsBackWhatWasNotResolvedInOrder() throws Exception {
    // given
    NatsTransport bus = buses.partitions(1).member("orders");
    TestIntake intake = TestIntake.holding(10);
    bus.attach(buses.topic("orders"), intake);
    for (int i = 0; i < 30; i++) {
      buses.publish(bus, "orders", "k", "" + i).get();
    }
    await().atMost(PATIENCE).until(() -> intake.taken().size() == 10);
    TestIntake.TestFlow flow = intake.open().get(0);
    flow.held().subList(0, 4).forEach(flow::resolve);
    // when
    bus.detach(buses.topic("orders")).toCompletableFuture().get();
    // then
    assertThat(flow.isRevoked()).isTrue();
    TestIntake next = TestIntake.resolving();
    bus.attach(buses.topic("orders"), next);
    await().atMost(PATIENCE).until(() -> next.taken().size() == 26);
    assertThat(next.bodies()).isEqualTo(IntStream.range(4, 30).mapToObj(i -> "" + i).toList());
  }

  @Test
  void whoComesNextGoesOnWhereTheGroupWas() throws Exception {
    // given
    NatsTransport first = buses.partitions(1).member("orders");
    TestIntake intake = TestIntake.holding(10);
    first.attach(buses.topic("orders"), intake);
    for (int i = 0; i < 30; i++) {
      buses.publish(first, "orders", "k", "" + i).get();
    }
    await().atMost(PATIENCE).until(() -> intake.taken().size() == 10);
    TestIntake.TestFlow flow = intake.open().get(0);
    flow.held().subList(0, 4).forEach(flow::resolve);
    await().atMost(PATIENCE).until(() -> intake.taken().size() == 14);
    // when
    assertThat(first.close(Deadline.after(PATIENCE)).clean()).isTrue();
    NatsTransport second = buses.member("orders");
    TestIntake next = TestIntake.resolving();
    second.attach(buses.topic("orders"), next);
    // then
    await().atMost(PATIENCE).until(() -> next.taken().size() == 26);
    assertThat(next.bodies()).isEqualTo(IntStream.range(4, 30).mapToObj(i -> "" + i).toList());
  }

  @Test
  void browsingReadsATopicWithoutTheGroup() throws Exception {
    // given
    NatsTransport bus = buses.member("orders");
    for (int i = 0; i < 25; i++) {
      buses.publish(bus, "orders", "k" + i, "" + i).get();
    }
    // when
    String topic = buses.topic("orders");
    List<InboundMessage> page = bus.browse(topic, null, 10).toCompletableFuture().get();
    List<InboundMessage> next =
        bus.browse(topic, page.get(9).position(), 100).toCompletableFuture().get();
    List<InboundMessage> end =
        bus.browse(topic, next.get(14).position(), 100).toCompletableFuture().get();
    // then
    assertThat(page).hasSize(10);
    assertThat(next).hasSize(15);
    assertThat(end).isEmpty();
    assertThat(bus.browse(buses.topic("none"), null, 10).toCompletableFuture().get()).isEmpty();
    List<InboundMessage> all = new ArrayList<>(page);
    all.addAll(next);
    assertThat(all)
        .extracting(message -> new String(message.body(), StandardCharsets.UTF_8))
        .isEqualTo(IntStream.range(0, 25).mapToObj(i -> "" + i).toList());
    // when
    TestIntake intake = TestIntake.resolving();
    bus.attach(topic, intake);
    // then
    await().atMost(PATIENCE).until(() -> intake.taken().size() == 25);
  }
}
