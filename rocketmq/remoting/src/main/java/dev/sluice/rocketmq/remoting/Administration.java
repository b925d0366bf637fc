package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.ClusterInfo;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConfig;
import dev.sluice.rocketmq.requests.TopicConfig;
import dev.sluice.rocketmq.requests.TopicRoute;
import java.util.List;

/** Topics, groups and brokers. Not for hot paths. All calls time out as the options say. */
public interface Administration {

  /**
   * Creates the topic, or changes it, on every master of every cluster. Succeeds when all have it;
   * the first failure is the call's. Its route is dropped from the cache; name servers may know the
   * topic a moment later only.
   */
  void createTopic(TopicSpec topic, Reply<Done> reply);

  /** Deletes the topic on every broker and every name server; succeeds also if there was none. */
  void deleteTopic(String topic, Reply<Done> reply);

  /** The names of all topics that the name servers know, system topics included, sorted. */
  void listTopics(Reply<List<String>> reply);

  /** Creates the group, or changes it, on every master of every cluster. */
  void createGroup(GroupSpec group, Reply<Done> reply);

  /**
   * The group's configuration on the first master that answers. 5.x brokers that make groups on
   * first use make it by this; fails as NOT_FOUND where there is no such group.
   */
  void group(String group, Reply<GroupConfig> reply);

  /**
   * The topic's configuration on one of its brokers, {@code message.type} included (5.x brokers).
   * Fails as NOT_FOUND where there is no such topic.
   */
  void topicConfig(String topic, Reply<TopicConfig> reply);

  /** Where a topic lives, as a name server tells it; NOT_FOUND where there is no such topic. */
  void route(String topic, Reply<TopicRoute> reply);

  /** The clusters and brokers that a name server knows. */
  void clusters(Reply<ClusterInfo> reply);

  /** Every broker set that has a master, and what version runs there. */
  void brokers(Reply<List<BrokerInfo>> reply);
}
