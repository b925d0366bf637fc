package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.QueueSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Sends numbered messages of some keys, those of a key one after the other, and keeps which of them
 * a broker has acknowledged. What failed is not sent again, and its number not used again.
 */
final class NumberedSends {
  private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
  private final List<Thread> senders = new ArrayList<>();
  private volatile boolean over;

  NumberedSends(Producer producer, String topic, int keys) {
    for (int i = 0; i < keys; i++) {
      String key = "key" + i;
      senders.add(
          Thread.ofVirtual().name("sender of " + key).start(() -> send(producer, topic, key)));
    }
  }

  private void send(Producer producer, String topic, String key) {
    for (int number = 0; !over; number++) {
      String body = key + ':' + number;
      try {
        producer.send(Message.builder(topic, body).shardingKey(key).build(), QueueSelector.hash());
        acknowledged.add(body);
      } catch (RocketMQException e) {
        // Nobody knows whether it is stored, and nothing is promised of it.
      }
      try {
        // A moment for others, so that the machine is not full of this alone.
        TimeUnit.MILLISECONDS.sleep(5);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  int count() {
    return acknowledged.size();
  }

  List<String> acknowledged() {
    return List.copyOf(acknowledged);
  }

  static String keyOf(String body) {
    return body.substring(0, body.indexOf(':'));
  }

  static int numberOf(String body) {
    return Integer.parseInt(body.substring(body.indexOf(':') + 1));
  }

  /** Ends the sends; what is under way ends first. */
  void stop() throws InterruptedException {
    over = true;
    for (Thread sender : senders) {
      sender.join();
    }
  }
}
