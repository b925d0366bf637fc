package dev.sluice.eventbus.nats;

import static dev.sluice.eventbus.nats.TestBuses.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The source document's leak test; {@code -Dsluice.campaign=40} makes it 200 cycles. */
class LeakTest {
  private static final String[] TOPICS = {"a", "b", "c", "d", "e"};
  private static final int MESSAGES = 60;

  @Test
  void afterEachCycleNothingIsLeftHereAndNothingGrowsOnTheServer(Ledger ledger) throws Exception {
    String url = NatsServer.shared().url();
    try (TestBuses buses = TestBuses.on(url, ledger).partitions(3)) {
      for (int cycle = Seeds.campaign(5); cycle > 0; cycle--) {
        NatsTransport bus = buses.member(TOPICS);
        List<TestIntake> intakes = new ArrayList<>();
        List<CompletableFuture<Published>> results = new ArrayList<>();
        for (String topic : TOPICS) {
          TestIntake intake = TestIntake.resolving();
          bus.attach(buses.topic(topic), intake);
          intakes.add(intake);
          for (int i = 0; i < MESSAGES; i++) {
            results.add(buses.publish(bus, topic, "k" + i % 10, "" + i));
          }
        }
        CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        await()
            .atMost(PATIENCE)
            .until(() -> intakes.stream().allMatch(each -> each.taken().size() == MESSAGES));

        CloseReport report = buses.closeDirty(bus, Duration.ofSeconds(20));

        assertThat(report.clean()).as(report::describe).isTrue();
        assertThat(TestThreads.ofTransports()).isEmpty();
        assertThat(ledger.open(Link.LEDGER_KIND)).isZero();
      }
      ServerView server = new ServerView(buses.names(), url);
      for (String topic : TOPICS) {
        assertThat(server.consumers(buses.topic(topic))).hasSize(3);
      }
    }
  }
}
