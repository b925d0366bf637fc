package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

enum RandomQueue implements QueueSelector {
  INSTANCE;

  @Override
  public MessageQueue select(Message message, List<MessageQueue> queues) {
    return queues.get(ThreadLocalRandom.current().nextInt(queues.size()));
  }

  @Override
  public boolean isFree(Message message) {
    return true;
  }
}
