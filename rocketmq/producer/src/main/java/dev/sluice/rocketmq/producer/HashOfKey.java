package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import java.util.List;

enum HashOfKey implements QueueSelector {
  INSTANCE;

  @Override
  public MessageQueue select(Message message, List<MessageQueue> queues) {
    return message
        .shardingKey()
        .map(key -> queues.get(Math.abs(key.hashCode() % queues.size())))
        .orElseGet(() -> RandomQueue.INSTANCE.select(message, queues));
  }

  @Override
  public boolean isFree(Message message) {
    return message.shardingKey().isEmpty();
  }
}
