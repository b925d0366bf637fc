package dev.sluice.eventbus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.core.EventBusContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every bus promises, over Kafka. The first member of a test can be cut off. */
class KafkaBusTest extends EventBusContract {
  private boolean firstIsMade;

  @Override
  protected Transport transport(BusOptions options, String member, Ledger ledger) {
    String servers = firstIsMade ? Broker.engine().bootstrapServers() : Broker.serversBehind();
    firstIsMade = true;
    return KafkaTransport.create(
        KafkaOptions.of(options, servers)
            .newTopics(2, 1)
            .commitInterval(Duration.ofMillis(100))
            .property("heartbeat.interval.ms", "200"),
        ledger);
  }

  @Override
  protected void makeTopics(List<String> topics, int partitions) {
    Broker.make(topics, partitions, Map.of());
  }

  @Override
  protected Duration patience() {
    return Duration.ofMinutes(2);
  }

  @Override
  protected boolean canCutOff() {
    return true;
  }

  /** Its group does not wait until it has been silent for too long. */
  @Override
  protected void cutOff(Member member) {
    Broker.networkBefore().stall();
    Broker.removeMembers(member.group());
    await().atMost(patience()).until(() -> Broker.members(member.group()) == 0);
  }

  @Override
  protected void letBack(Member member) {
    Broker.networkBefore().pass();
  }

  @Test
  void aBusIsFoundByItsOptions() {
    String topic = Broker.topic("found", 1);
    var options = KafkaOptions.of(BusOptions.of(topic, topic), Broker.engine().bootstrapServers());
    try (EventBus bus = EventBus.create(options, ledger())) {
      bus.start();
      assertThat(bus.publish(topic, OutboundMessage.of("k", new byte[] {1})))
          .succeedsWithin(patience())
          .isEqualTo(new Published(topic, topic + "-0", 0));
    }
  }

  @AfterEach
  void mend() {
    Broker.networkBefore().pass();
  }
}
