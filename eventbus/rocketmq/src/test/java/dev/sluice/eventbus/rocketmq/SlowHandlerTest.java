package dev.sluice.eventbus.rocketmq;

import static dev.sluice.eventbus.rocketmq.TransportFixture.await;
import static dev.sluice.eventbus.rocketmq.TransportFixture.awaitQueues;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.TopicNames;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.HeldLocks;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Handlers that take longer than a broker keeps a lock. */
class SlowHandlerTest {

  @Test
  void theirQueuesStayTheirsAndNothingComesTwice(Ledger ledger) throws Exception {
    String topic = TopicNames.unique("slow");
    Topics.make(ShortLocks.nameServers(), List.of(topic), 2);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(8);
    try (TransportFixture fixture = new TransportFixture(ShortLocks.nameServers(), ledger)) {
      Transport member = fixture.member(topic);
      Transport rival = fixture.member(topic);
      awaitQueues(member, topic, 1);
      awaitQueues(rival, topic, 1);
      try (Consumption slow = consumption(member, topic, begun, release, ledger);
          Consumption other = consumption(rival, topic, begun, release, ledger)) {
        TransportFixture.publishAll(member, topic, 8, 0, 2);
        begun.await();
        long rebalances = member.health().rebalances() + rival.health().rebalances();
        Set<MessageQueue> wanted = queues(member);
        var asked = new HeldLocks(client(rival).membership());

        // The other one asks for what this one has, for longer than a lock is kept.
        await()
            .during(ShortLocks.KEPT.plusSeconds(5))
            .until(() -> asked.lock(wanted).refused().equals(wanted));

        release.countDown();
        await().until(() -> slow.count() + other.count() == 16);
        assertThat(member.health().rebalances() + rival.health().rebalances())
            .isEqualTo(rebalances);
        Set<String> positions = new HashSet<>();
        slow.handled().forEach(message -> positions.add(message.position()));
        other.handled().forEach(message -> positions.add(message.position()));
        assertThat(positions).hasSize(16);
      } finally {
        release.countDown();
      }
    }
  }

  private static Consumption consumption(
      Transport member, String topic, CountDownLatch begun, CountDownLatch release, Ledger ledger) {
    return Consumption.of(
        member,
        topic,
        100,
        (item, attempt) -> {
          begun.countDown();
          release.await();
        },
        ledger);
  }

  private static BusClient client(Transport member) {
    return ((RocketMQTransport) member).running();
  }

  private static Set<MessageQueue> queues(Transport member) {
    return client(member).flows().queues();
  }
}
