package dev.sluice.eventbus.tools;

import dev.sluice.engines.SharedEngine;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.rocketmq.admin.Admin;
import dev.sluice.rocketmq.admin.TopicSettings;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.RocketMQException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The commands on RocketMQ. */
class DeadLettersOnRocketMQTest extends DeadLettersContract {
  @SuppressWarnings("NullAway.Init") // Set before the tests.
  private static Admin admin;

  @BeforeAll
  static void ask() {
    admin =
        Admin.create(
            ClientOptions.builder(SharedEngine.rocketmq5().nameServerAddress())
                .instanceName("tools-" + ProcessHandle.current().pid())
                .callTimeout(Duration.ofSeconds(30))
                .build());
    admin.start();
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @Override
  protected String address() {
    return "rocketmq://" + SharedEngine.rocketmq5().nameServerAddress();
  }

  @Override
  protected EventBus member(BusOptions options) {
    String topic = options.topics().getFirst();
    admin.createTopic(TopicSettings.of(topic, 2));
    admin.createTopic(TopicSettings.of(options.deadLetterTopic(topic), 2));
    return EventBus.rocketmq(
        RocketMQOptions.of(options, SharedEngine.rocketmq5().nameServerAddress())
            .times(Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(60)));
  }

  @Override
  protected int members(String group) {
    return admin.members(group).members().size();
  }

  /** The dead-letter topic where it is not to be there, and what the group is said to consume. */
  @Override
  protected List<String> leftBehind(BusOptions options) {
    try {
      return admin.progress(options.group()).queues().stream()
          .map(Object::toString)
          .filter(queue -> queue.contains("-dlq"))
          .toList();
    } catch (RocketMQException e) {
      if (e.category() == RocketMQException.Category.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }
}
