package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.Tasks;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicSpec;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.Calls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the declared topics, and those of their dead letters, that do not exist; tries until it
 * has.
 */
final class MissingTopics implements Tasks.Task {
  private static final Logger log = LoggerFactory.getLogger(MissingTopics.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Membership membership;
  private final int queues;
  private final List<String> topics = new ArrayList<>();

  MissingTopics(Membership membership, RocketMQOptions options) {
    this.membership = membership;
    this.queues = options.newTopicQueues();
    for (String topic : options.bus().topics()) {
      topics.add(membership.terms().namespace().wrap(topic));
      topics.add(membership.terms().namespace().wrap(options.bus().deadLetterTopic(topic)));
    }
  }

  @Override
  public void run() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    while (!topics.isEmpty()) {
      topics.removeIf(this::exists);
      if (!topics.isEmpty()) {
        boolean unused = never.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
      }
    }
  }

  private boolean exists(String topic) {
    try {
      Calls.<Route>await(reply -> membership.remoting().routes().lookup(topic, reply));
      return true;
    } catch (RocketMQException e) {
      if (e.category() == RocketMQException.Category.NOT_FOUND) {
        make(topic);
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void make(String topic) {
    TopicSpec spec = new TopicSpec(topic, queues, queues, TopicSpec.MessageType.UNSPECIFIED);
    try {
      Calls.<Done>await(reply -> membership.remoting().administration().createTopic(spec, reply));
      log.info("Topic {} was made, with {} queues on each broker", topic, queues);
    } catch (RocketMQException e) {
      log.warn("Topic {} could not be made: {}", topic, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
