package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import java.time.Duration;

/**
 * How single sends of one producer share requests. A message leaves at once while none of its topic
 * is under way; otherwise with the others that have come meanwhile: as soon as those are as many as
 * are under way, or as many or as large as a batch may be, or after the linger time. So a producer
 * that sends one message at a time waits for nothing, and one that has many under way makes fewer
 * and larger requests.
 *
 * <p>Every send has its own result. Where a broker refuses a batch, it is sent again in halves
 * until the culprits are alone; a batch whose outcome is unknown is so for all of its messages.
 * What is delayed, begins a transaction, does not wait to be stored, or has its queue chosen other
 * than freely leaves alone.
 *
 * <p>Messages of a batch are stored in one queue, one behind the other, so the selector is asked
 * once a batch, by its first message. Consumers see as the born time that of the batch's first
 * message; others that were made at another time have their own in the property {@code
 * BORN_TIMESTAMP}, in milliseconds since 1970.
 *
 * @param maxMessages of a batch: 2 to 1,024
 * @param maxBytes of a batch, as it is encoded: 1 KiB to 4 MiB, and no more than brokers take; a
 *     larger message leaves alone
 * @param linger how long messages wait at most while fewer than maxFlights are under way: 1 ms to 1
 *     min
 * @param maxFlights how many requests of a topic may be under way: 1 to 1,024
 */
public record Coalescing(int maxMessages, int maxBytes, Duration linger, int maxFlights) {
  private static final int MOST = 1_024;

  /**
   * Checks the bounds.
   *
   * @throws RocketMQException INVALID_ARGUMENT naming the value that is out of them
   */
  public Coalescing {
    Checks.range("maxMessages", maxMessages, 2, MOST);
    Checks.range("maxBytes", maxBytes, 1 << 10, Message.MAX_BODY_BYTES);
    Checks.range("linger", linger, Duration.ofMillis(1), Duration.ofMinutes(1));
    Checks.range("maxFlights", maxFlights, 1, MOST);
  }

  /** 64 messages, 256 KiB, 5 ms, 4 requests. */
  public static Coalescing defaults() {
    return new Coalescing(64, 256 << 10, Duration.ofMillis(5), 4);
  }
}
