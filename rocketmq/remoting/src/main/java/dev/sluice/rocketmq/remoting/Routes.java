package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.TopicTemplate;
import org.jspecify.annotations.Nullable;

/**
 * Where topics live. Routes in use are refreshed in the background ({@link
 * RemotingOptions#routeRefresh()}) and dropped when unused; lookups of one topic are made once for
 * all who wait for it.
 */
public interface Routes {

  /**
   * The route at hand, or null if it must be looked up. Never blocks, allocates nothing, any
   * thread. Counts as use.
   */
  @Nullable Route cached(String topic);

  /**
   * The route of an existing topic. A missing one fails as NOT_FOUND, and is remembered as such for
   * {@link RemotingOptions#missingTopicTtl()}.
   */
  void lookup(String topic, Reply<Route> reply);

  /**
   * The route to send by: as {@link #lookup}, but a topic that does not exist gets a {@linkplain
   * Route#provisional() provisional} route where the brokers create topics on first use (they
   * announce that by having the topic TBW102).
   */
  default void lookupForSend(String topic, Reply<Route> reply) {
    lookupForSend(topic, TopicTemplate.DEFAULT, reply);
  }

  /**
   * The same, with a template of one's own: the provisional route has the queues that the topic
   * will have on each broker that has the template's topic.
   */
  void lookupForSend(String topic, TopicTemplate template, Reply<Route> reply);

  /** Looks the route up again now, e.g. after a broker refused a queue or a topic was created. */
  void refresh(String topic, Reply<Route> reply);
}
