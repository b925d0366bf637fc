package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** A counter for each topic. Beyond so many topics, those without one share one. */
final class RoundRobin implements QueueSelector {
  private static final int MAX_TOPICS = 10_000;

  /** Removed by nobody: as many as topics are sent to, up to the most. */
  private final ConcurrentMap<String, AtomicInteger> turns = new ConcurrentHashMap<>();

  private final AtomicInteger others = new AtomicInteger();

  @Override
  public MessageQueue select(Message message, List<MessageQueue> queues) {
    int turn = turns(message.topic()).getAndIncrement();
    return queues.get(Math.floorMod(turn, queues.size()));
  }

  private AtomicInteger turns(String topic) {
    AtomicInteger known = turns.get(topic);
    if (known != null) {
      return known;
    }
    return turns.size() >= MAX_TOPICS
        ? others
        : turns.computeIfAbsent(
            topic, name -> new AtomicInteger(ThreadLocalRandom.current().nextInt()));
  }

  @Override
  public boolean isFree(Message message) {
    return true;
  }
}
