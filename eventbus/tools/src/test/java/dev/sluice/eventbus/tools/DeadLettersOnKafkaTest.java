package dev.sluice.eventbus.tools;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.KafkaOptions;
import java.util.List;

/** The commands on Kafka. */
class DeadLettersOnKafkaTest extends DeadLettersContract {

  @Override
  protected String address() {
    return "kafka://" + KafkaBroker.servers();
  }

  @Override
  protected EventBus member(BusOptions options) {
    return EventBus.kafka(
        KafkaOptions.of(options, KafkaBroker.servers())
            .newTopics(2, 1)
            .property("heartbeat.interval.ms", "100"));
  }

  @Override
  protected int members(String group) throws Exception {
    return KafkaBroker.groups().contains(group) ? KafkaBroker.members(group) : 0;
  }

  /** Groups that are neither the bus's own nor another test's. */
  @Override
  protected List<String> leftBehind(BusOptions options) throws Exception {
    return KafkaBroker.groups().stream().filter(group -> !group.startsWith("shop")).toList();
  }
}
