package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import java.util.AbstractList;
import java.util.RandomAccess;

/** A route's writable queues as the application names them, made when they are looked at. */
final class RouteQueues extends AbstractList<MessageQueue> implements RandomAccess {
  private final String topic;
  private final Route route;

  RouteQueues(String topic, Route route) {
    this.topic = topic;
    this.route = route;
  }

  @Override
  public MessageQueue get(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index);
    }
    TopicQueue queue = route.writable(index);
    return new MessageQueue(topic, queue.broker().name(), queue.id());
  }

  @Override
  public int size() {
    return route.writableCount();
  }
}
