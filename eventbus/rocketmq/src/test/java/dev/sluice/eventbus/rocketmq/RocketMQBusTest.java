package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.SharedEngine;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.core.EventBusContract;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.admin.Admin;
import dev.sluice.rocketmq.admin.TopicSettings;
import dev.sluice.rocketmq.client.ClientOptions;
import java.time.Duration;
import java.util.List;

/** The bus over RocketMQ keeps the contract of all buses. */
class RocketMQBusTest extends EventBusContract {

  @Override
  protected Transport transport(BusOptions options, String member, Ledger ledger) {
    return new RocketMQTransport(
        RocketMQOptions.of(options, SharedEngine.rocketmq5().nameServerAddress())
            .times(Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(5))
            .newTopicQueues(1),
        ledger);
  }

  @Override
  protected void makeTopics(List<String> topics, int partitions) {
    String nameServers = SharedEngine.rocketmq5().nameServerAddress();
    try (Admin admin =
        Admin.create(
            ClientOptions.builder(nameServers)
                .instanceName("topics-" + ProcessHandle.current().pid())
                .callTimeout(patience())
                .build())) {
      admin.start();
      topics.forEach(topic -> admin.createTopic(TopicSettings.of(topic, partitions)));
    }
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }
}
