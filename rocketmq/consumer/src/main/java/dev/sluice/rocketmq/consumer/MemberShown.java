package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.requests.Heartbeat;
import java.util.List;
import java.util.Map;

/** What brokers are shown of a member. */
final class MemberShown {
  private MemberShown() {}

  /**
   * A member as heartbeats show it.
   *
   * @param version of its subscriptions, larger than that of any before
   */
  static Heartbeat.Consumer of(
      String group,
      PushConsumerOptions options,
      Map<String, FilterExpression> topics,
      long version) {
    return new Heartbeat.Consumer(
        group,
        Heartbeat.ConsumeType.CONSUME_PASSIVELY,
        switch (options.model()) {
          case CLUSTERING -> Heartbeat.Model.CLUSTERING;
          case BROADCASTING -> Heartbeat.Model.BROADCASTING;
        },
        switch (options.startFrom()) {
          case StartFrom.First() -> Heartbeat.From.CONSUME_FROM_FIRST_OFFSET;
          case StartFrom.Last() -> Heartbeat.From.CONSUME_FROM_LAST_OFFSET;
          case StartFrom.At at -> Heartbeat.From.CONSUME_FROM_TIMESTAMP;
        },
        subscriptions(topics, version));
  }

  static List<Heartbeat.Subscription> subscriptions(
      Map<String, FilterExpression> topics, long version) {
    return topics.entrySet().stream()
        .map(
            topic -> {
              Filter filter = topic.getValue().filter();
              return new Heartbeat.Subscription(
                  topic.getKey(), filter.kind().name(), filter.expression(), version);
            })
        .toList();
  }
}
