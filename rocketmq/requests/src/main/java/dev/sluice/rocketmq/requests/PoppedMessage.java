package dev.sluice.rocketmq.requests;

/**
 * A message that was popped.
 *
 * @param message the message as it is stored
 * @param topic the topic that the receiver asked for, also when the message is stored in that
 *     topic's retry topic
 * @param handle what acknowledges it
 * @param deliveryAttempt how often it was handed out, this time included; 1 the first time
 */
public record PoppedMessage(
    StoredMessage message, String topic, PopHandle handle, int deliveryAttempt) {

  /**
   * The delivery attempt of what was handed out so often before, whatever a broker or a sender
   * wrote there: 1 or more.
   */
  public static int attemptAfter(int times) {
    return times == Integer.MAX_VALUE ? times : Math.max(0, times) + 1;
  }
}
