package dev.sluice.proofs;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.QueueSelector;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends the messages of one sharding key, one after the other. What failed is not sent again, and
 * its number not used again.
 */
final class LibrarySender implements AutoCloseable {

  private final String key;
  private final Producer producer;
  private final Duration between;
  private final BitSet accepted = new BitSet();
  private final LongAdder failed = new LongAdder();
  private final Thread sender;
  private volatile boolean over;
  private volatile long longestNanos;

  LibrarySender(String key, Producer producer, Duration between) {
    this.key = key;
    this.producer = producer;
    this.between = between;
    this.sender = Thread.ofVirtual().name("sender of " + key).start(this::send);
  }

  private void send() {
    try {
      for (int number = 0; !over; number++) {
        String body = KeyedArrivals.body(key, number);
        long began = System.nanoTime();
        try {
          producer.send(
              Message.builder(LibraryCluster.TOPIC, body).shardingKey(key).build(),
              QueueSelector.hash());
          note(number);
        } catch (RocketMQException e) {
          failed.increment();
        }
        longestNanos = Math.max(longestNanos, System.nanoTime() - began);
        Pause.of(between);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void note(int number) {
    accepted.set(number);
  }

  String key() {
    return key;
  }

  /** The numbers that were accepted so far. */
  synchronized BitSet accepted() {
    return (BitSet) accepted.clone();
  }

  long failed() {
    return failed.sum();
  }

  /** The longest that a send took, whatever it ended in. */
  Duration longest() {
    return Duration.ofNanos(longestNanos);
  }

  @Override
  public void close() {
    over = true;
    try {
      sender.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
