package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A message that was handed out and is hidden from others until its time is over: then it comes
 * again, to whoever asks, unless it was acknowledged. One call at a time; safe for all threads.
 *
 * <p>What is asked of a delivery after its time, or after it was acknowledged, fails here: brokers
 * would say yes to it and do nothing. The time is counted from when it was asked for, so that it is
 * over here before it is at the broker.
 */
public interface Delivery {

  /** The message. */
  ReceivedMessage message();

  /** How much of its time is left; zero when that is over, or it is acknowledged. */
  Duration remaining();

  /**
   * Acknowledges it, and waits until the broker knows: it does not come again.
   *
   * @throws RocketMQException NOT_FOUND if its time was over; INVALID_ARGUMENT if it was
   *     acknowledged before, or another call is under way. After other failures it may be tried
   *     again
   */
  void ack();

  /** The same without waiting. */
  CompletableFuture<Void> ackAsync();

  /**
   * Sets how long from now it stays hidden: more, to have more time for it; less, to have it come
   * again sooner. Brokers show messages again a few seconds after their time.
   *
   * @param time 1 ms to 12 h
   * @throws RocketMQException as {@link #ack}
   */
  void changeInvisible(Duration time);

  /** The same without waiting. */
  CompletableFuture<Void> changeInvisibleAsync(Duration time);
}
