package dev.sluice.eventbus.rocketmq;

import dev.sluice.rocketmq.admin.Admin;
import dev.sluice.rocketmq.admin.TopicSettings;
import dev.sluice.rocketmq.client.ClientOptions;
import java.time.Duration;
import java.util.List;

/** Topics of tests. */
final class Topics {
  private Topics() {}

  static void make(String nameServers, List<String> topics, int queues) {
    try (Admin admin =
        Admin.create(
            ClientOptions.builder(nameServers)
                .instanceName("topics-" + ProcessHandle.current().pid())
                .callTimeout(Duration.ofSeconds(60))
                .build())) {
      admin.start();
      topics.forEach(topic -> admin.createTopic(TopicSettings.of(topic, queues)));
    }
  }
}
