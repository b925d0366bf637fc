package dev.sluice.eventbus.kafka;

import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.core.EventBusContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

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
            .property("session.timeout.ms", "3000")
            .property("heartbeat.interval.ms", "200")
            .property("request.timeout.ms", "3000"),
        ledger);
  }

  @Override
  protected void makeTopics(List<String> topics, int partitions) {
    Broker.make(topics, partitions, Map.of());
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }

  @Override
  protected boolean canCutOff() {
    return true;
  }

  @Override
  protected void cutOff(Member member) {
    Broker.networkBefore().stall();
    await().atMost(patience()).until(() -> Broker.members(member.group()) == 0);
  }

  @Override
  protected void letBack(Member member) {
    Broker.networkBefore().pass();
  }

  @AfterEach
  void mend() {
    Broker.networkBefore().pass();
  }
}
