package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import java.util.List;
import java.util.Set;

/**
 * What brokers keep for themselves: other callers' half messages and delayed messages among it. No
 * caller reads or writes it, whatever the broker would let it do.
 */
final class SystemNames {

  private static final Set<String> TOPICS =
      Set.of(
          "TBW102",
          "SELF_TEST_TOPIC",
          "BenchmarkTest",
          "OFFSET_MOVED_EVENT",
          "SCHEDULE_TOPIC_XXXX",
          "TRANS_CHECK_MAX_TIME_TOPIC",
          "DefaultHeartBeatSyncerTopic");

  private static final List<String> PREFIXES = List.of("rmq_sys_", "RMQ_SYS_", "wheel_timer");

  private static final String GROUP_PREFIX = "CID_RMQ_SYS_";

  private SystemNames() {}

  /** Whether a topic is one that brokers make for themselves. */
  static boolean isTopic(String topic) {
    return TOPICS.contains(topic)
        || topic.startsWith(GROUP_PREFIX)
        || PREFIXES.stream().anyMatch(topic::startsWith);
  }

  /**
   * Refuses such a topic.
   *
   * @throws GatewayException INVALID_ARGUMENT about the topic
   */
  static void checkTopic(String topic) {
    if (isTopic(topic)) {
      throw GatewayException.invalid(
          Subject.TOPIC, "topic: '" + topic + "' (expected: none of RocketMQ's own)");
    }
  }

  /**
   * Refuses a group that brokers have for themselves.
   *
   * @throws GatewayException INVALID_ARGUMENT about the group
   */
  static void checkGroup(String group) {
    if (group.startsWith(GROUP_PREFIX)) {
      throw GatewayException.invalid(
          Subject.GROUP, "group: '" + group + "' (expected: none of RocketMQ's own)");
    }
  }
}
