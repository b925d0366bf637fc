package dev.sluice.rocketmq.runtime;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import java.util.List;

/** Where queues are now; for threads that may wait. Topics are named as brokers know them. */
public final class QueueDirectory {
  private final RemotingClient remoting;

  public QueueDirectory(RemotingClient remoting) {
    this.remoting = remoting;
  }

  /** The topic's route. */
  public Route route(String topic) throws InterruptedException {
    Route cached = remoting.routes().cached(topic);
    return cached != null ? cached : Calls.await(reply -> remoting.routes().lookup(topic, reply));
  }

  /** Looks the topic's route up again. */
  public void refresh(String topic) throws InterruptedException {
    Calls.<Route>await(reply -> remoting.routes().refresh(topic, reply));
  }

  /** The queues that can be read, ascending. */
  public List<MessageQueue> queues(String topic) throws InterruptedException {
    return route(topic).readableQueues().stream()
        .map(queue -> MessageQueue.of(topic, queue))
        .sorted()
        .toList();
  }

  /**
   * Where a queue is.
   *
   * @throws RocketMQException NOT_FOUND if its topic is not on its broker now
   */
  public TopicQueue find(MessageQueue queue) throws InterruptedException {
    return new TopicQueue(queue.topic(), broker(queue), queue.id());
  }

  /** The broker set of a queue; as {@link #find}. */
  public Broker broker(MessageQueue queue) throws InterruptedException {
    Broker broker = route(queue.topic()).broker(queue.broker());
    if (broker == null) {
      throw RocketMQException.of(
          RocketMQException.Category.NOT_FOUND,
          "queue: " + queue + " (expected: on a broker that has the topic)");
    }
    return broker;
  }
}
