package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.remoting.Filter;
import dev.sluice.rocketmq.requests.Heartbeat;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a member of a consumer group is to its brokers and to the other members. Group and topics
 * are named as brokers know them.
 *
 * @param client how it finds and talks to the cluster
 * @param namespace that the application's names are in
 * @param group the group
 * @param type how it takes its messages
 * @param model who of the group's members gets a message
 * @param topics what it wants of each; none for one that shares nothing and is not shown to brokers
 * @param startFrom where the group begins in queues of which it has consumed nothing
 * @param allocation how members share queues
 * @param rebalanceInterval how often shares are worked out again without a reason
 * @param version of the subscriptions, larger than that of any before; the time of its start in
 *     milliseconds since 1970
 */
public record MemberTerms(
    ClientOptions client,
    Namespace namespace,
    String group,
    Heartbeat.ConsumeType type,
    ConsumeModel model,
    Map<String, FilterExpression> topics,
    StartFrom startFrom,
    AllocationStrategy allocation,
    Duration rebalanceInterval,
    long version) {

  /** Keeps the topics from changing. */
  public MemberTerms {
    topics = Collections.unmodifiableMap(new LinkedHashMap<>(topics));
  }

  /** The topic that a group's messages come again from. */
  public static String retryTopic(String group) {
    return "%RETRY%" + group;
  }

  /** The same of this group. */
  public String retryTopic() {
    return retryTopic(group);
  }

  /** Whether each member gets every message. */
  public boolean isBroadcasting() {
    return model == ConsumeModel.BROADCASTING;
  }

  /** The member as heartbeats show it. */
  Heartbeat.Consumer shown() {
    return new Heartbeat.Consumer(
        group,
        type,
        switch (model) {
          case CLUSTERING -> Heartbeat.Model.CLUSTERING;
          case BROADCASTING -> Heartbeat.Model.BROADCASTING;
        },
        switch (startFrom) {
          case StartFrom.First() -> Heartbeat.From.CONSUME_FROM_FIRST_OFFSET;
          case StartFrom.Last() -> Heartbeat.From.CONSUME_FROM_LAST_OFFSET;
          case StartFrom.At at -> Heartbeat.From.CONSUME_FROM_TIMESTAMP;
        },
        subscriptions());
  }

  /** What it wants, as heartbeats and answers to administrators show it. */
  public List<Heartbeat.Subscription> subscriptions() {
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
